package checkpoint

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
)

// most is how many moves are committed together, at most.
const most = 256

// op is one caller's share of a transaction. do must compare before it writes:
// where it returns batch.ErrMoved it has written nothing, and the transaction
// goes on without it.
type op struct {
	do   func(*statements) error
	done chan error
}

// writer is the one goroutine that writes. It takes every op that is waiting and
// commits them together: many callers share one flush to the disk.
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
	st, err := prepareStatements(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	w := &writer{db: pool, conn: conn, st: st, path: path, seen: seen, ops: make(chan op, most), gone: make(chan struct{})}
	go w.loop()
	return w, nil
}

var errClosed = errors.New("the checkpoint is closed")

// submit has an op committed, and returns when it is on disk.
func (w *writer) submit(do func(*statements) error) error {
	o := op{do, make(chan error, 1)}
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
	return errors.Join(err, w.st.all.close(), w.conn.Close())
}

func (w *writer) loop() {
	defer close(w.gone)
	for first := range w.ops {
		group := append(make([]op, 0, most), first)
		for len(group) < most && len(w.ops) > 0 {
			group = append(group, <-w.ops)
		}
		w.commit(group)
	}
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
			return one(w.st.touch.Exec())
		}
		return one(w.st.count.Exec(w.st.intents))
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
		return one(st.count.Exec(intents))
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
	ctx := context.Background()
	_, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		if err = do(); err == nil {
			_, err = w.conn.ExecContext(ctx, "COMMIT")
		}
		if err != nil {
			_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
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
