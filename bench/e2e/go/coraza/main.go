// Coraza behind ext_proc as its users build it: Envoy sends each body in one message (BUFFERED), Coraza inspects it and replies. Arguments:
// the socket to listen on, the rule file. Prints the rule ids of exchanges that have x-bench-probe.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/types"
	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc"
)

type server struct {
	extproc.UnimplementedExternalProcessorServer
	waf coraza.WAF
}

// exchange is the state of one stream.
type exchange struct {
	tx    types.Transaction
	probe string
}

func valueOf(header *envoycore.HeaderValue) string {
	if len(header.RawValue) > 0 {
		return string(header.RawValue)
	}
	return header.Value
}

func (e *exchange) requestHeaders(message *extproc.HttpHeaders) (*types.Interruption, error) {
	var method, path string
	e.tx.ProcessConnection("127.0.0.1", 40000, "127.0.0.1", 10000)
	for _, header := range message.Headers.Headers {
		value := valueOf(header)
		switch header.Key {
		case ":method":
			method = value
		case ":path":
			path = value
		case ":authority":
			e.tx.AddRequestHeader("host", value)
			e.tx.SetServerName(value)
		default:
			if !strings.HasPrefix(header.Key, ":") {
				e.tx.AddRequestHeader(header.Key, value)
			}
			if header.Key == "x-bench-probe" {
				e.probe = value
			}
		}
	}
	e.tx.ProcessURI(path, method, "HTTP/1.1")
	if found := e.tx.ProcessRequestHeaders(); found != nil || !message.EndOfStream {
		return found, nil
	}
	return e.tx.ProcessRequestBody()
}

func (e *exchange) requestBody(message *extproc.HttpBody) (*types.Interruption, error) {
	if found, _, err := e.tx.WriteRequestBody(message.Body); found != nil || err != nil {
		return found, err
	}
	return e.tx.ProcessRequestBody()
}

func (e *exchange) responseHeaders(message *extproc.HttpHeaders) (*types.Interruption, error) {
	status := 0
	for _, header := range message.Headers.Headers {
		value := valueOf(header)
		if header.Key == ":status" {
			status, _ = strconv.Atoi(value)
		} else {
			e.tx.AddResponseHeader(header.Key, value)
		}
	}
	if found := e.tx.ProcessResponseHeaders(status, "HTTP/1.1"); found != nil || !message.EndOfStream {
		return found, nil
	}
	return e.tx.ProcessResponseBody()
}

func (e *exchange) responseBody(message *extproc.HttpBody) (*types.Interruption, error) {
	if e.tx.IsResponseBodyAccessible() && e.tx.IsResponseBodyProcessable() {
		if found, _, err := e.tx.WriteResponseBody(message.Body); found != nil || err != nil {
			return found, err
		}
	}
	return e.tx.ProcessResponseBody()
}

func blocked() *extproc.ProcessingResponse {
	return &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ImmediateResponse{
		ImmediateResponse: &extproc.ImmediateResponse{Status: &envoytype.HttpStatus{Code: envoytype.StatusCode_Forbidden}},
	}}
}

func (e *exchange) answerTo(request *extproc.ProcessingRequest) (*extproc.ProcessingResponse, error) {
	var found *types.Interruption
	var err error
	response := &extproc.ProcessingResponse{}
	switch message := request.Request.(type) {
	case *extproc.ProcessingRequest_RequestHeaders:
		found, err = e.requestHeaders(message.RequestHeaders)
		response.Response = &extproc.ProcessingResponse_RequestHeaders{RequestHeaders: &extproc.HeadersResponse{}}
	case *extproc.ProcessingRequest_RequestBody:
		found, err = e.requestBody(message.RequestBody)
		response.Response = &extproc.ProcessingResponse_RequestBody{RequestBody: &extproc.BodyResponse{}}
	case *extproc.ProcessingRequest_RequestTrailers:
		response.Response = &extproc.ProcessingResponse_RequestTrailers{RequestTrailers: &extproc.TrailersResponse{}}
	case *extproc.ProcessingRequest_ResponseHeaders:
		found, err = e.responseHeaders(message.ResponseHeaders)
		response.Response = &extproc.ProcessingResponse_ResponseHeaders{ResponseHeaders: &extproc.HeadersResponse{}}
	case *extproc.ProcessingRequest_ResponseBody:
		found, err = e.responseBody(message.ResponseBody)
		response.Response = &extproc.ProcessingResponse_ResponseBody{ResponseBody: &extproc.BodyResponse{}}
	case *extproc.ProcessingRequest_ResponseTrailers:
		response.Response = &extproc.ProcessingResponse_ResponseTrailers{ResponseTrailers: &extproc.TrailersResponse{}}
	}
	if found != nil {
		return blocked(), err
	}
	return response, err
}

func (e *exchange) close() {
	e.tx.ProcessLogging()
	if e.probe != "" {
		ids := []int{}
		for _, match := range e.tx.MatchedRules() {
			ids = append(ids, match.Rule().ID())
		}
		line, _ := json.Marshal(map[string]any{"probe": e.probe, "ids": ids})
		fmt.Println(string(line))
	}
	e.tx.Close()
}

func (s *server) Process(stream extproc.ExternalProcessor_ProcessServer) error {
	e := &exchange{tx: s.waf.NewTransaction()}
	defer e.close()
	for {
		request, err := stream.Recv()
		if err != nil {
			return nil
		}
		response, err := e.answerTo(request)
		if err != nil {
			return err
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func main() {
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().WithDirectivesFromFile(os.Args[2]))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	grpcServer := grpc.NewServer(grpc.MaxConcurrentStreams(math.MaxUint32), grpc.MaxRecvMsgSize(math.MaxInt32))
	extproc.RegisterExternalProcessorServer(grpcServer, &server{waf: waf})
	fmt.Println("ready")
	log.Fatal(grpcServer.Serve(listener))
}
