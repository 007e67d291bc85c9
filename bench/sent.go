package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/ums"
)

// sentAt measures at the sending end: the most requests whose first byte was
// written within any one second. What the gateway sees has the delays of the way
// and of its own scheduling in it, which no client can keep to.
func (b *bench) sentAt(limit, rows int) (int, error) {
	dir, err := b.scratch("sent")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	g, err := b.startGateway("")
	if err != nil {
		return 0, err
	}
	defer g.stop()
	var most int
	_, err = b.child(&most, "sent", g.with(filepath.Join(dir, "run.db"), strconv.Itoa(rows), strconv.Itoa(limit))...)
	return most, err
}

// childSent: sent URL APPID APPKEY CHECKPOINT N LIMIT
func childSent(args []string) error {
	limit, err := strconv.Atoi(args[5])
	if err != nil {
		return err
	}
	db, n, err := filled(args[3], args[4])
	if err != nil {
		return err
	}
	defer db.Close()
	var clock sends
	client, err := clientOf(args, ums.Config{Rate: limit, Dial: clock.dial})
	if err != nil {
		return err
	}
	defer client.Close()
	if err := complete(db, client); err != nil {
		return err
	}
	if len(clock.times) != n {
		return fmt.Errorf("%d requests were written for %d rows", len(clock.times), n)
	}
	return json.NewEncoder(os.Stdout).Encode(mostWithin(clock.times, time.Second))
}

// complete runs the program's Runner over what is pending, until nothing is left.
func complete(journal batch.Journal, client *ums.Client) error {
	r := batch.Runner{
		Gateway: client, Journal: journal, Pace: client.Pace, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Env: "test", Send: true, Workers: workers, SettleWindow: time.Minute,
	}
	ctx := context.Background()
	if stop, err := r.Run(ctx, ctx); err != nil || stop != batch.NotStopped {
		return fmt.Errorf("the run ended with %q: %w", stop, err)
	}
	return nil
}

// sends keeps the moment of each request's first byte, in order.
type sends struct {
	mu    sync.Mutex
	times []time.Time
}

func (s *sends) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return &watched{conn, s}, err
}

type watched struct {
	net.Conn
	sends *sends
}

func (w *watched) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("POST ")) {
		w.sends.mu.Lock()
		w.sends.times = append(w.sends.times, time.Now())
		w.sends.mu.Unlock()
	}
	return w.Conn.Write(p)
}
