package memnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestHTTPRunsOverItUnderAFakeClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := New()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour)
			_, _ = io.Copy(w, r.Body)
		})}
		go func() { _ = server.Serve(network) }()
		transport := &http.Transport{DialContext: network.Dial}
		started := time.Now()
		reply, err := (&http.Client{Transport: transport}).Post("http://127.0.0.1/", "text/plain", strings.NewReader("echo"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if err != nil || string(body) != "echo" || time.Since(started) != time.Hour {
			t.Errorf("got %q, %v after %v", body, err, time.Since(started))
		}
		transport.CloseIdleConnections()
		_ = server.Close()
	})
}

func TestAClosedListenerRefuses(t *testing.T) {
	network := New()
	if err := network.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := network.Dial(context.Background(), "tcp", "anywhere:1"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial: %v", err)
	}
	if _, err := network.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept: %v", err)
	}
}

func TestADialThatNobodyAcceptsEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New().Dial(ctx, "tcp", "anywhere:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("dial: %v", err)
	}
}
