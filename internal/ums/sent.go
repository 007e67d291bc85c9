package ums

import (
	"context"
	"net"
	"sync/atomic"
)

// telling is a connection that tells when something was written to it. net/http says so
// (httptrace's WroteRequest) when a request stands in its own buffer: between that
// and the wire a busy machine may take longer than the limiter's window allows for.
type telling struct {
	net.Conn
	tell atomic.Pointer[func()] // once, after the next Write
}

func (w *telling) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if tell := w.tell.Swap(nil); tell != nil {
		(*tell)()
	}
	return n, err
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// wired has each connection that is dialled tell of what is written.
func wired(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &telling{Conn: conn}, nil
	}
}

// whenWritten has tell called when the next bytes were written to a connection, be
// it under TLS, and under that of a proxy.
func whenWritten(conn net.Conn, tell func()) {
	for {
		switch c := conn.(type) {
		case *telling:
			c.tell.Store(&tell)
			return
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default: // not one that was dialled here: then it counts when the exchange ends
			return
		}
	}
}
