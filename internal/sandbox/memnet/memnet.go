// Package memnet is a network in memory: a listener, and a Dial that reaches it
// without a socket. What waits on it waits on channels, so client and server can
// run under the fake clock of testing/synctest, which real sockets can not.
package memnet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Network is one listener and those who dial it. Addresses are not looked at:
// every Dial reaches the one listener.
type Network struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// New gives a network that listens.
func New() *Network {
	return &Network{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial connects to the listener; it is a net.Dialer's DialContext. After Close
// it is refused, as a port that nobody listens on refuses.
func (n *Network) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case n.conns <- theirs:
		return ours, nil
	case <-n.closed:
		return nil, dialError(syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, dialError(ctx.Err())
	}
}

func dialError(err error) error {
	return &net.OpError{Op: "dial", Net: "memory", Addr: address{}, Err: err}
}

// Accept gives the next connection, and net.ErrClosed after Close.
func (n *Network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, &net.OpError{Op: "accept", Net: "memory", Addr: address{}, Err: net.ErrClosed}
	}
}

// Close ends the listening. Connections that exist stay.
func (n *Network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

// Addr gives an address on loopback, so that a base URL made of it may be http.
func (n *Network) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "127.0.0.1:80" }
