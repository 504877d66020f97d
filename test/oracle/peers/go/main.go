// Command peer reports what Go's standard library passes to a handler; tests call it: ../README.md has the protocol.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"sort"
	"strconv"
)

type question struct {
	Subject string      `json:"subject"`
	Headers [][2]string `json:"headers"`
}

type text struct {
	Base64 []byte `json:"base64"`
}

// One string that the application gets: its role and the bytes.
type handed [2]any

func one(role, value string) handed { return handed{role, text{[]byte(value)}} }

// Bytes of a header that came as Latin-1.
func latin1(value string) string {
	out := make([]byte, 0, len(value))
	for _, letter := range value {
		out = append(out, byte(letter))
	}
	return string(out)
}

func pairs(values url.Values) []handed {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	found := []handed{}
	for _, name := range names {
		for _, value := range values[name] {
			found = append(found, one("name", name), one("value", value))
		}
	}
	return found
}

func leaves(parsed any) []handed {
	found := []handed{}
	switch value := parsed.(type) {
	case map[string]any:
		for key, inner := range value {
			found = append(append(found, one("name part", key)), leaves(inner)...)
		}
	case []any:
		for _, inner := range value {
			found = append(found, leaves(inner)...)
		}
	case string:
		found = append(found, one("value", value))
	case float64:
		found = append(found, handed{"number", strconv.FormatFloat(value, 'g', -1, 64)})
	case bool:
		found = append(found, one("value", fmt.Sprint(value)))
	}
	return found
}

func readMultipart(request *http.Request) []handed {
	// What arrived before an error is in the form, and some handlers use it.
	if err := request.ParseMultipartForm(64 << 20); err != nil && request.MultipartForm == nil {
		return []handed{}
	}
	found := pairs(request.PostForm)
	for name, files := range request.MultipartForm.File {
		for _, file := range files {
			found = append(found, one("name", name), one("value", file.Filename))
			if opened, err := file.Open(); err == nil {
				content, _ := io.ReadAll(opened)
				opened.Close()
				found = append(found, one("content", string(content)))
			}
		}
	}
	return found
}

func readRequest(asked question, body []byte) []handed {
	request, err := http.NewRequest("POST", "http://peer/", bytes.NewReader(body))
	if err != nil {
		return []handed{}
	}
	for _, header := range asked.Headers {
		request.Header.Add(header[0], latin1(header[1]))
	}
	switch asked.Subject {
	case "multipart":
		return readMultipart(request)
	case "form":
		request.ParseForm()
		return pairs(request.PostForm)
	case "cookie":
		found := []handed{}
		for _, cookie := range request.Cookies() {
			found = append(found, one("name", cookie.Name), one("value", cookie.Value))
		}
		return found
	case "json":
		var parsed any
		if json.NewDecoder(request.Body).Decode(&parsed) == nil {
			return leaves(parsed)
		}
	}
	return []handed{}
}

func frame(input io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(input, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	content := make([]byte, length)
	_, err := io.ReadFull(input, content)
	return content, err
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(os.Stdout)
	facts := map[string]any{"version": runtime.Version()[2:], "subjects": []string{"multipart", "form", "json", "cookie"}}
	output.Encode(map[string]any{"parsers": map[string]any{"Go": facts}, "missing": map[string]string{}})
	for {
		head, err := frame(input)
		if err != nil {
			return
		}
		body, err := frame(input)
		if err != nil {
			return
		}
		var asked question
		if json.Unmarshal(head, &asked) != nil {
			return
		}
		output.Encode(map[string]any{"Go": readRequest(asked, body)})
	}
}
