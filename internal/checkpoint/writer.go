package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
)

// most is how many moves are committed together, at most: many to one flush, and
// few enough that those of the last commit have requests under way meanwhile.
const most = 64

// patience is how long moves that nobody waits for wait for company: a little
// longer than turns are apart at ten rows a second, the rate where none is set, or
// more (ums.Client.Pace).
const patience = 110 * time.Millisecond

// op is one caller's share of a transaction. do must compare before it writes:
// where it returns batch.ErrMoved it has written nothing, and the transaction
// goes on without it.
type op struct {
	do      func(*statements) error
	done    chan error
	patient bool // it may wait to be committed with one that is not
}

// writer is the one goroutine that writes. It takes every op that is waiting and
// commits them together: many callers share one flush to the disk. Where all that
// are waiting are patient, they wait for the next that is not, or until their
// patience ends, so that at a low rate a row's outcome shares the flush of
// another's intent.
type writer struct {
	db   *sql.DB
	conn *sql.Conn
	st   *statements
	ops  chan op
	gone chan struct{} // closed when the goroutine has ended

	path     string
	anchored anchor    // what is in the anchor
	at       time.Time // when it was written last; zero: not since the checkpoint was opened
	seen     anchor    // what is on disk

	mu     sync.Mutex // one transaction at a time: the goroutine's, or an import's
	broken error      // why nothing may be written any more

	closing sync.RWMutex
	closed  bool
}

func startWriter(ctx context.Context, pool *sql.DB, path string, seen anchor) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	st, err := prepareStatements(conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	w := &writer{db: pool, conn: conn, st: st, path: path, seen: seen, ops: make(chan op, most), gone: make(chan struct{})}
	go w.loop()
	return w, nil
}

var errClosed = errors.New("the checkpoint is closed")

// submit has an op committed as soon as can be, and returns when it is on disk.
func (w *writer) submit(do func(*statements) error) error {
	return w.submitOp(op{do: do, done: make(chan error, 1)})
}

func (w *writer) submitOp(o op) error {
	w.closing.RLock()
	if w.closed {
		w.closing.RUnlock()
		return errClosed
	}
	w.ops <- o
	w.closing.RUnlock()
	return <-o.done
}

func (w *writer) close() error {
	w.closing.Lock()
	if !w.closed {
		w.closed = true
		close(w.ops)
	}
	w.closing.Unlock()
	<-w.gone
	var err error
	if !w.at.IsZero() && w.anchored != w.seen {
		err = w.seen.write(w.path)
	}
	return errors.Join(err, w.st.close(), w.conn.Close())
}

func (w *writer) loop() {
	defer close(w.gone)
	for first := range w.ops {
		w.commit(w.gather(first))
	}
}

// gather takes what is waiting, and what those hand in that can go on at once: rows
// whose turn came together, or whose requests the last commit let go, share a flush
// then, which costs more than they do. Where all of it is patient, it waits until
// one comes that is not.
func (w *writer) gather(first op) []op {
	group := append(make([]op, 0, most), first)
	patient := first.patient
	var alarm <-chan time.Time
	for len(group) < most {
		if len(w.ops) == 0 && !patient {
			if runtime.Gosched(); len(w.ops) == 0 {
				return group
			}
		}
		if alarm == nil && len(w.ops) == 0 {
			alarm = time.After(patience)
		}
		select {
		case o, more := <-w.ops:
			if !more {
				return group
			}
			group = append(group, o)
			patient = patient && o.patient
		case <-alarm:
			return group
		}
	}
	return group
}

// commit writes a group in one transaction. Where one of them is refused by the
// database, the whole is rolled back and each is written alone, so that the
// refusal meets only the one that caused it.
func (w *writer) commit(group []op) {
	w.mu.Lock()
	defer w.mu.Unlock()
	errs, err := w.together(group)
	if err != nil && len(group) > 1 && refused(err) {
		for i, o := range group {
			alone, err := w.together([]op{o})
			errs[i] = errors.Join(alone[0], err)
		}
		err = nil
	}
	for i, o := range group {
		o.done <- errors.Join(errs[i], err)
	}
}

// together writes the ops in one transaction. Each op's own ErrMoved comes back
// beside it; any other error rolls all of them back.
func (w *writer) together(group []op) ([]error, error) {
	errs := make([]error, len(group))
	err := w.transaction(func() error {
		w.st.intents = 0
		for i, o := range group {
			err := o.do(w.st)
			if errors.Is(err, batch.ErrMoved) {
				errs[i] = err
			} else if err != nil {
				return err
			}
		}
		if w.st.intents == 0 {
			return w.st.touch.run()
		}
		return w.st.count.run(w.st.intents)
	})
	if err == nil && w.st.intents > 0 {
		w.seen.Intents += w.st.intents
		err = w.moor()
	}
	return errs, err
}

// overtake counts intents that the checkpoint has forgotten and one more, and
// anchors that, so that the anchor never goes back: were the same backup restored
// once more, it would be behind again.
func (w *writer) overtake(intents int64) error {
	err := w.submit(func(st *statements) error {
		if intents == 0 {
			return nil
		}
		return errors.Join(st.count.run(intents), st.overtaken.run(intents))
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.Intents += intents
	return w.seen.write(w.path)
}

// moor writes the anchor: after the first intents since the checkpoint was
// opened, before any of them is acknowledged, and about once a second later on.
func (w *writer) moor() error {
	now := time.Now()
	if !w.at.IsZero() && now.Sub(w.at) < anchorEvery {
		return nil
	}
	if err := w.seen.write(w.path); err != nil {
		w.broken = fmt.Errorf("writing the checkpoint's anchor: %w", err)
		return w.broken
	}
	w.anchored, w.at = w.seen, now
	return nil
}

// transaction runs do between BEGIN and COMMIT; the caller holds mu. Any error
// that is not a refusal means that the disk or the file is in danger: nothing is
// written after it.
func (w *writer) transaction(do func() error) error {
	if w.broken != nil {
		return w.broken
	}
	err := w.st.begin.run()
	if err == nil {
		if err = do(); err == nil {
			err = w.st.commit.run()
		}
		if err != nil {
			_ = w.st.rollback.run()
		}
	}
	if err != nil && !refused(err) {
		w.broken = fmt.Errorf("writing the checkpoint: %w", err)
		return w.broken
	}
	return err
}

// refused tells a refusal (a constraint, a trigger, a move that does not exist)
// from trouble with the disk.
func refused(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.Code == sqlite3.ErrConstraint
	}
	return errors.Is(err, errRefused)
}

// errRefused marks what this package refuses before the database would.
var errRefused = errors.New("refused")
