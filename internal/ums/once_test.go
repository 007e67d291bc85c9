package ums_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/sandbox/memnet"
	"batchcomplete/internal/ums"
)

// TestACutKeepAliveConnectionIsNotSentOnAgain: where a connection that was used
// before dies under a request, net/http sends requests of some kinds once more by
// itself. Ours must not be of these.
func TestACutKeepAliveConnectionIsNotSentOnAgain(t *testing.T) {
	server := newSandbox(t, sandbox.Options{KeepCalls: 10, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion && r.Attempt == 1 {
			return sandbox.Named("cut before")
		}
		return sandbox.Fault{}
	}})
	client := newClient(t, server.URL, nil)
	if a := client.Query(context.Background(), sample); a.Outcome != ums.Absent {
		t.Fatalf("%+v", a)
	}
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.Unknown {
		t.Errorf("%+v", a)
	}
	if calls := server.Calls(); len(calls) != 2 {
		t.Errorf("one query and one completion, and %d calls at the gateway", len(calls))
	}
}

// TestHTTP2IsNotSpoken: HTTP/2 sends again by itself what it believes was not
// processed.
func TestHTTP2IsNotSpoken(t *testing.T) {
	proto := make(chan string, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { proto <- r.Proto }))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	client := newClient(t, server.URL, func(c *ums.Config) {
		c.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	})
	client.Complete(context.Background(), sample)
	if got := <-proto; got != "HTTP/1.1" {
		t.Error(got)
	}
}

// TestNoMoreThanTheRateReachesTheWire has many callers who wait for no turn, and
// connections of which the first take the longest: the ceiling is at the wire.
func TestNoMoreThanTheRateReachesTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 10
		network := memnet.New()
		var mu sync.Mutex
		var arrivals []time.Time
		server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			arrivals = append(arrivals, time.Now())
			mu.Unlock()
			time.Sleep(20 * time.Second) // so that each caller needs a connection
		})}
		go func() { _ = server.Serve(network) }()
		dials := 0
		client := newClient(t, "http://127.0.0.1", func(c *ums.Config) {
			c.Rate = rate
			c.Dial = func(ctx context.Context, n, a string) (net.Conn, error) {
				mu.Lock()
				dials++
				slow := time.Duration(60-dials) * 50 * time.Millisecond
				mu.Unlock()
				time.Sleep(slow)
				return network.Dial(ctx, n, a)
			}
		})
		var group sync.WaitGroup
		for range 60 {
			group.Go(func() { client.Query(context.Background(), sample) })
		}
		group.Wait()
		for i := range arrivals {
			if i >= rate && arrivals[i].Sub(arrivals[i-rate]) < time.Second {
				t.Fatalf("%d requests within %v", rate+1, arrivals[i].Sub(arrivals[i-rate]))
			}
		}
		if len(arrivals) != 60 {
			t.Errorf("%d requests arrived", len(arrivals))
		}
		client.Close()
		_ = server.Close()
	})
}

// late is a connection on which some bytes leave later than others, as on a machine
// that is busy between net/http's buffer and the wire; it keeps when each request did.
type late struct {
	net.Conn
	leave func()
}

func (l late) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("POST ")) {
		l.leave()
	}
	return l.Conn.Write(p)
}

// TestARequestCountsFromWhenItLeft, not from when net/http had it in its buffer.
func TestARequestCountsFromWhenItLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 20
		network := memnet.New()
		server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		go func() { _ = server.Serve(network) }()
		var mu sync.Mutex
		var left []time.Time
		const pause = 400 * time.Millisecond
		client := newClient(t, "http://127.0.0.1", func(c *ums.Config) {
			c.Rate = rate
			c.Dial = func(ctx context.Context, n, a string) (net.Conn, error) {
				conn, err := network.Dial(ctx, n, a)
				return late{conn, func() {
					time.Sleep(time.Until(time.Now().Add(pause).Truncate(pause)))
					mu.Lock()
					left = append(left, time.Now())
					mu.Unlock()
				}}, err
			}
		})
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				for range 5 {
					client.Query(context.Background(), sample)
				}
			})
		}
		group.Wait()
		client.Close()
		_ = server.Close()
		for i := rate; i < len(left); i++ {
			if within := left[i].Sub(left[i-rate]); within < time.Second {
				t.Errorf("%d requests within %v", rate+1, within)
				break
			}
		}
		if len(left) != 100 {
			t.Errorf("%d requests left", len(left))
		}
	})
}

// TestASettleDateIsTheGatewaysOrThereIsNone: it is never made up.
func TestASettleDateIsTheGatewaysOrThereIsNone(t *testing.T) {
	server := newSandbox(t, sandbox.Options{Behaviour: func(sandbox.Request) sandbox.Fault { return sandbox.Named("no settle date") }})
	if a := newClient(t, server.URL, nil).Complete(context.Background(), sample); a.Outcome != ums.Completed || a.Payment.SettleDate != "" {
		t.Errorf("%+v", a)
	}
}
