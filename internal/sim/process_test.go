package sim

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/sandbox/memnet"
	"batchcomplete/internal/ums"
)

// errDead is what everything says once the process is dead.
var errDead = errors.New("the process is dead")

// process is one run of the program. Whatever reaches outside it, to the disk or
// to the network, is a step; it may die at any. From then on nothing that it
// still does has an effect: the journal writes nothing, connections are cut, and
// none is had.
type process struct {
	network *memnet.Network
	db      *checkpoint.DB
	// dies tells whether the process dies at this step.
	dies func(point string) bool
	// lag gives the small delay that keeps this step apart from all others.
	lag func(who ...any) time.Duration
	// trouble tells what goes wrong with a connection at a step of its; "" for nothing.
	trouble func(point string, conn, step int) string
	// intended is told of each intent that is on disk.
	intended func(batch.Row)
	say      func(format string, args ...any)

	mu    sync.Mutex
	dead  bool
	conns map[*wire]bool
	dials int
}

// alive takes a step, and tells whether the process is still alive after it.
func (p *process) alive(point string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return false
	}
	if !p.dies(point) {
		return true
	}
	p.say("the process dies at %q", point)
	p.dead = true
	for conn := range p.conns {
		_ = conn.Conn.Close()
	}
	return false
}

func (p *process) died() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

// dial is the process's way to the network.
func (p *process) dial(ctx context.Context, network, address string) (net.Conn, error) {
	number := p.dialled()
	time.Sleep(p.lag("dial", number))
	if !p.alive("dial") {
		return nil, errDead
	}
	if p.trouble("dial", number, 0) != "" {
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: syscall.ECONNREFUSED}
	}
	conn, err := p.network.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &wire{Conn: conn, p: p, number: number}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		_ = conn.Close()
		return nil, errDead
	}
	p.conns[c] = true
	return c, nil
}

func (p *process) dialled() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dials++
	return p.dials
}

// wire is a connection of the process's.
type wire struct {
	net.Conn
	p      *process
	number int
	writes int
}

func (c *wire) Write(b []byte) (int, error) {
	if !c.p.alive("write") {
		return 0, errDead
	}
	c.writes++
	if c.p.trouble("write", c.number, c.writes) == "cut" {
		n, _ := c.Conn.Write(b[:len(b)/2])
		_ = c.Conn.Close()
		return n, syscall.ECONNRESET
	}
	n, err := c.Conn.Write(b)
	if !c.p.alive("written") {
		return n, errDead
	}
	return n, err
}

func (c *wire) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n == 0 {
		return n, err
	}
	time.Sleep(c.p.lag("read", c.number))
	if !c.p.alive("read") {
		return 0, errDead
	}
	return n, err
}

func (c *wire) Close() error {
	c.p.mu.Lock()
	delete(c.p.conns, c)
	c.p.mu.Unlock()
	return c.Conn.Close()
}

// journal is the process's way to the disk. Each call is two steps: before
// SQLite has it, and when it is on disk but the process has not learned so.
type journal struct {
	*checkpoint.DB
	p *process
}

func (j journal) Rescue(ctx context.Context, now time.Time) (n int, err error) {
	err = j.write("rescue", func() error {
		if n, err = j.DB.Rescue(ctx, now); n > 0 {
			j.p.say("rescued %d rows", n)
		}
		return err
	})
	return n, err
}

func (j journal) Distrust(ctx context.Context, before time.Time) error {
	return j.write("distrust", func() error { return j.DB.Distrust(ctx, before) })
}

func (j journal) Suspect(ctx context.Context, now time.Time, among []int64) (n int, err error) {
	err = j.write("suspect", func() error {
		if n, err = j.DB.Suspect(ctx, now, among); n > 0 {
			j.p.say("%d rows are suspect", n)
		}
		return err
	})
	return n, err
}

func (j journal) Date(ctx context.Context, id int64, date string, a ums.Answer, now time.Time) error {
	time.Sleep(j.p.lag("journal", id))
	return j.write("date", func() error { return j.DB.Date(ctx, id, date, a, now) })
}

// write is two steps around a write.
func (j journal) write(point string, do func() error) error {
	if !j.p.alive(point) {
		return errDead
	}
	err := do()
	if !j.p.alive(point + " recorded") {
		return errDead
	}
	return err
}

func (j journal) Undated(ctx context.Context, since time.Time, after int64, limit int) ([]batch.Row, error) {
	if j.p.died() {
		return nil, errDead
	}
	return j.DB.Undated(ctx, since, after, limit)
}

func (j journal) Rows(ctx context.Context, state batch.State, after int64, limit int, among []int64) ([]batch.Row, error) {
	if j.p.died() {
		return nil, errDead
	}
	return j.DB.Rows(ctx, state, after, limit, among)
}

func (j journal) Intend(ctx context.Context, row batch.Row, now time.Time) (batch.Row, error) {
	time.Sleep(j.p.lag("journal", row.ID))
	if !j.p.alive("intend") {
		return batch.Row{}, errDead
	}
	row, err := j.DB.Intend(ctx, row, now)
	if err == nil {
		j.p.intended(row)
	}
	if !j.p.alive("intended") {
		return batch.Row{}, errDead
	}
	if err == nil {
		j.p.say("intent: bill %s, attempt %d, order %s", row.BillNo, row.Attempts, row.OrderID)
	}
	time.Sleep(j.p.lag("journal", row.ID))
	return row, err
}

func (j journal) Move(ctx context.Context, m batch.Move) error {
	time.Sleep(j.p.lag("journal", m.ID))
	point := string(m.Cause)
	if !j.p.alive(point + " answered") {
		return errDead
	}
	err := j.DB.Move(ctx, m)
	if !j.p.alive(point + " recorded") {
		return errDead
	}
	j.p.say("%s: row %d, %s → %s (%s %d) %v", m.Cause, m.ID, m.From, m.To, m.Answer.Code, m.Answer.HTTPStatus, errText(err))
	time.Sleep(j.p.lag("journal", m.ID)) // of those that one flush has let go
	return err
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
