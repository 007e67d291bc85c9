package sandbox

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// Server is a Gateway that listens.
type Server struct {
	*Gateway
	URL      string
	Loopback bool // only this machine can reach it
	http     *http.Server
	done     chan struct{}
}

// Start makes a gateway and has it listen on an address. A simulated gateway is
// not for other machines: elsewhere than on loopback only where Options.Exposed
// says so, as in a container, whose port is mapped onto the loopback around it.
func Start(address string, o Options) (*Server, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("sandbox: the address %q: %w", address, err)
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if !loopback && !o.Exposed {
		return nil, fmt.Errorf("sandbox: %q is not an address on loopback, and --expose was not given", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s, err := Serve(listener, o)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.Loopback = loopback
	return s, nil
}

// Serve makes a gateway and has it answer on a listener.
func Serve(listener net.Listener, o Options) (*Server, error) {
	gateway, err := New(o)
	if err != nil {
		return nil, err
	}
	s := &Server{Gateway: gateway, URL: "http://" + listener.Addr().String(), done: make(chan struct{})}
	s.http = &http.Server{
		Handler: gateway, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: log.New(discard{}, "", 0), // clients that hang up are part of the exercise
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Close ends every connection, and then the gateway.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	return errors.Join(err, s.Gateway.Close())
}
