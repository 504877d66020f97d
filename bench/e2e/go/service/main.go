// The service behind every proxy of the bench: reads bodies to their end, responds with their length, and serves the files of a folder from
// memory. A request with x-bench-probe also gets the SHA-256 of what arrived.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// fill precedes each file whose name begins with "download".
const fillName = "fill"

var mediaTypes = map[string]string{".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8"}

func readFolder(folder string) map[string][]byte {
	files := map[string][]byte{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		log.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			log.Fatal(err)
		}
		files[entry.Name()] = content
	}
	return files
}

func receive(w http.ResponseWriter, r *http.Request) {
	var sum hash.Hash
	var to io.Writer = io.Discard
	if r.Header.Get("X-Bench-Probe") != "" {
		sum = sha256.New()
		to = sum
	}
	length, err := io.Copy(to, r.Body)
	if err != nil {
		return
	}
	text := fmt.Sprintf("received %d\n", length)
	if sum != nil {
		text = fmt.Sprintf("received %d %s\n", length, hex.EncodeToString(sum.Sum(nil)))
	}
	w.Header().Set("Content-Type", mediaTypes[".txt"])
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	io.WriteString(w, text)
}

func main() {
	files := readFolder(os.Args[1])
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Base(r.URL.Path)
		content, isFile := files[name]
		if !isFile {
			receive(w, r)
			return
		}
		var before []byte
		if strings.HasPrefix(name, "download") {
			before = files[fillName]
		}
		w.Header().Set("Content-Type", mediaTypes[filepath.Ext(name)])
		w.Header().Set("Content-Length", strconv.Itoa(len(before)+len(content)))
		w.Write(before)
		w.Write(content)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	json.NewEncoder(os.Stdout).Encode(map[string]int{"port": port})
	log.Fatal(http.Serve(listener, handler))
}
