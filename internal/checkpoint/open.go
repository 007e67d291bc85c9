package checkpoint

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"
)

// Errors of opening; each says why the checkpoint cannot be used.
var (
	ErrLocked  = errors.New("another run holds the checkpoint")
	ErrForeign = errors.New("the file is not a checkpoint of this program")
	ErrNewer   = errors.New("the checkpoint was written by a newer version of this program")
	ErrDamaged = errors.New("the checkpoint is damaged")
	ErrLog     = errors.New("the checkpoint has a log that does not belong to it")
)

// EnvError says that the checkpoint belongs to another environment.
type EnvError struct{ Has, Want string }

func (e *EnvError) Error() string {
	return fmt.Sprintf("the checkpoint belongs to environment %s, not %s", e.Has, e.Want)
}

//go:embed schema/001.sql
var schema string

const (
	applicationID = 0x42434d50 // "BCMP", in the file's header
	schemaVersion = 1
	// oldestSQLite has the fix of the write-ahead log's reset bug: an import's log is
	// written back by another connection than the one that writes on.
	oldestSQLite = 3051003
	readers      = 4 // connections
)

// Options is what Open needs.
type Options struct {
	Path string
	Env  string // the environment that the checkpoint is made for, or must belong to
	Log  *slog.Logger
	Now  func() time.Time // default time.Now
}

// DB is an open checkpoint. It is safe for use by many goroutines.
type DB struct {
	path     string
	env      string
	id       string
	intents  int64        // as it was opened
	lock     *flock.Flock // nil when opened for reading
	reads    *sql.DB
	writes   *sql.DB // nil when opened for reading
	queue    *writer
	queries  queries
	underway underway
	aside    sync.WaitGroup // what goes on beside the writer
}

// Open opens the checkpoint for writing, and makes it where there is none. The
// lock is taken before anything else is looked at: ErrLocked where another
// process holds it.
func Open(ctx context.Context, o Options) (*DB, error) {
	path, err := canonical(o.Path)
	if err != nil {
		return nil, err
	}
	if err := ownFiles(path); err != nil {
		return nil, err
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	if held, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("locking %s: %w", path+".lock", err)
	} else if !held {
		return nil, ErrLocked
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	db, err := openLocked(ctx, path, o)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	db.lock = lock
	return db, nil
}

func openLocked(ctx context.Context, path string, o Options) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	if err := whole(path); err != nil {
		return nil, err
	}
	if err := genuine(ctx, path, true); err != nil {
		return nil, err
	}
	db := &DB{path: path}
	var err error
	if db.writes, err = connect(path, 1); err != nil {
		return nil, err
	}
	if _, err := db.writes.ExecContext(ctx, movesMemory); err != nil {
		return nil, errors.Join(explain(err), db.closeConnections())
	}
	if err := db.prepare(ctx, o.Env); err != nil {
		return nil, errors.Join(explain(err), db.closeConnections())
	}
	if err := db.holdAgainstAnchor(ctx, o); err != nil {
		return nil, errors.Join(explain(err), db.Close())
	}
	return db, nil
}

// holdAgainstAnchor finds out whether the checkpoint has forgotten what it once
// knew, and keeps that in it.
func (db *DB) holdAgainstAnchor(ctx context.Context, o Options) error {
	forgot, behind, err := forgets(db.path, anchor{db.id, db.intents})
	if err != nil || !forgot {
		return err
	}
	o.Log.Warn("the checkpoint is older than its anchor, or not the one that the anchor belongs to: a backup was restored, or it was lost; bills are asked about before they are sent",
		"checkpoint", db.path)
	if err := db.Distrust(ctx, o.Now()); err != nil {
		return err
	}
	return db.queue.overtake(behind)
}

// prepare makes or checks the schema, and starts what reads and writes.
func (db *DB) prepare(ctx context.Context, env string) error {
	if err := assertDurable(ctx, db.writes); err != nil {
		return err
	}
	if err := migrate(ctx, db.writes, env); err != nil {
		return err
	}
	if err := db.readEnv(ctx, db.writes); err != nil {
		return err
	}
	if db.env != env {
		return &EnvError{Has: db.env, Want: env}
	}
	var err error
	if db.reads, err = connect(db.path, readers); err != nil {
		return err
	}
	if db.queries, err = prepareQueries(ctx, db.reads); err != nil {
		return err
	}
	db.queue, err = startWriter(ctx, db.writes, db.path, anchor{db.id, db.intents})
	return err
}

// OpenRead opens the checkpoint for reading, without the lock.
func OpenRead(ctx context.Context, path string) (*DB, error) {
	path, err := canonical(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if err := ownFiles(path); err != nil {
		return nil, err
	}
	if err := whole(path); err != nil {
		return nil, err
	}
	if err := genuine(ctx, path, false); err != nil {
		return nil, err
	}
	db := &DB{path: path}
	// The last that is closed of connections which may write writes the log back,
	// and with it what Open would refuse.
	if db.reads, err = look(path, "mode=ro&_query_only=1"); err != nil {
		return nil, err
	}
	db.reads.SetMaxOpenConns(readers)
	db.reads.SetMaxIdleConns(readers)
	err = checkVersion(ctx, db.reads)
	if err == nil {
		err = db.readEnv(ctx, db.reads)
	}
	if err == nil {
		db.queries, err = prepareQueries(ctx, db.reads)
	}
	if err != nil {
		return nil, errors.Join(explain(err), db.closeConnections())
	}
	return db, nil
}

// Env is the environment that the checkpoint belongs to.
func (db *DB) Env() string { return db.env }

// Path is where the checkpoint is.
func (db *DB) Path() string { return db.path }

// writeBack has the write-ahead log written back to the file beside what follows,
// for as much as nobody reads in an earlier state. What is in the log is on disk: an
// error is no loss, and the commits after it try again.
func (db *DB) writeBack() {
	db.aside.Go(func() { _, _ = db.reads.ExecContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`) })
}

// Close waits for what is being written, and gives the lock back.
func (db *DB) Close() error {
	db.aside.Wait()
	var err error
	if db.queue != nil {
		err = db.queue.close()
	}
	err = errors.Join(err, db.closeConnections())
	if db.lock != nil {
		err = errors.Join(err, db.lock.Unlock())
	}
	return err
}

func (db *DB) closeConnections() error {
	all := []error{db.queries.all.close()}
	for _, pool := range []*sql.DB{db.reads, db.writes} {
		if pool != nil {
			all = append(all, pool.Close())
		}
	}
	return errors.Join(all...)
}

// canonical follows links, so that two names of one file share its lock. One that
// leads nowhere stays, and is refused: the file that it would make has a lock of
// its own.
func canonical(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return real, err
}

// createPrivate makes the file, so that SQLite, which would make it readable to
// all, finds one that only its owner reads. One that others can read, as a backup
// that was copied back may be, is theirs no longer; its log takes its mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	return errors.Join(err, f.Close())
}

// whole looks at the header before SQLite does: a file that is shorter than its
// header says, with no log beside it that could hold the rest, was cut off.
func whole(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	header := make([]byte, 100)
	if _, err := io.ReadFull(f, header); err != nil {
		return ErrDamaged
	}
	if string(header[:16]) != "SQLite format 3\x00" {
		return ErrForeign
	}
	page := int64(header[16])<<8 | int64(header[17])
	if page == 1 {
		page = 65536
	}
	pages := int64(header[28])<<24 | int64(header[29])<<16 | int64(header[30])<<8 | int64(header[31])
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) && info.Size() < pages*page {
		return fmt.Errorf("%w: it has %d bytes and should have %d", ErrDamaged, info.Size(), pages*page)
	}
	return nil
}

// connect opens a pool whose every connection has the settings that durability
// rests on.
func connect(path string, connections int) (*sql.DB, error) {
	pool, err := look(path, "_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

// look opens a pool on a file, with the connections' settings. SQLite need not lock
// a connection at every call: of each there is one user at a time, by database/sql
// and, of the writer's, by its mu.
func look(path, settings string) (*sql.DB, error) {
	return sql.Open(driverName, "file:"+(&url.URL{Path: path}).EscapedPath()+"?_busy_timeout=10000&_mutex=no&"+settings)
}

// assertDurable reads back what the promise rests on, rather than trusting the
// connection string.
func assertDurable(ctx context.Context, pool *sql.DB) error {
	if _, version, _ := sqlite3.Version(); version < oldestSQLite {
		return fmt.Errorf("SQLite %d is older than %d, which this program needs", version, oldestSQLite)
	}
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"},
	} {
		var got string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			return err
		}
		if got != want.value {
			return fmt.Errorf("SQLite's %s is %s, not %s: is the checkpoint on a network file system?", want.pragma, got, want.value)
		}
	}
	return nil
}

// migrate makes the schema in an empty file, and refuses what it does not know.
func migrate(ctx context.Context, pool *sql.DB, env string) error {
	if objects, err := countObjects(ctx, pool); err != nil || objects > 0 {
		return err // of what is there, genuine has made sure
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{
		schema,
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", schemaVersion),
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("making the checkpoint's tables: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES ('env', ?), ('id', ?), ('intents', '0')", env, rand.Text()); err != nil {
		return err
	}
	return tx.Commit()
}

func checkVersion(ctx context.Context, pool *sql.DB) error {
	var id, version int
	if err := pool.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case id != applicationID:
		return ErrForeign
	case version > schemaVersion:
		return ErrNewer
	}
	return untampered(ctx, pool)
}

func (db *DB) readEnv(ctx context.Context, pool *sql.DB) error {
	const meta = `SELECT env.value, id.value, intents.value FROM meta env JOIN meta id JOIN meta intents
		WHERE env.key = 'env' AND id.key = 'id' AND intents.key = 'intents'`
	err := pool.QueryRowContext(ctx, meta).Scan(&db.env, &db.id, &db.intents)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrForeign
	}
	return err
}

// Storage tells whether an error is SQLite's word of the disk or of the file: full,
// read-only, unreadable, damaged.
func Storage(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e)
}

// explain turns SQLite's own words for a damaged file into ErrDamaged.
func explain(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
