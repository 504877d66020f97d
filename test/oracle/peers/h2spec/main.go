// h2spec against an HTTP/2 server on loopback: `h2spec PORT SECONDS PATH [SECTION...]`. Prints its report; status 1 when a case failed.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/summerwind/h2spec"
	"github.com/summerwind/h2spec/config"
)

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	seconds, _ := strconv.ParseFloat(os.Args[2], 64)
	ok, err := h2spec.Run(&config.Config{
		Host: "127.0.0.1", Port: port, Path: os.Args[3], MaxHeaderLen: 4000,
		Timeout:  time.Duration(seconds * float64(time.Second)),
		Sections: os.Args[4:],
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !ok {
		os.Exit(1)
	}
}
