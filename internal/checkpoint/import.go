package checkpoint

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// File is a file that is about to be imported.
type File struct {
	Path     string
	SHA256   string // of its content, in hex
	Settings map[string]string
	At       time.Time
}

// ImportOptions says how bills are judged that are there already.
type ImportOptions struct {
	Source        string // source code of derived order ids; empty: billNo's first four
	AcceptChanges bool   // a bill that was never sent may be replaced
	// Prior is another checkpoint whose bills count as there already: check reads
	// a file into a scratch checkpoint beside the real one.
	Prior *DB
}

// Entry is one row of a file. Problems says why it is not a bill that can be
// sent; empty for a bill.
type Entry struct {
	Line     int
	Bill     batch.Bill
	Problems []batch.Problem

	orderID string         // under which the bill is sent first
	said    []driver.Value // what the file said of it, as columns of row
	begins  []driver.Value // with what it begins, as columns of progress
}

// Seen is what an entry was taken for.
type Seen struct {
	State    batch.State // Pending, Invalid or Duplicate
	Problems []batch.Problem
	Original *batch.Original // what a duplicate repeats
	Replaces bool            // another file's bill that asked for something else and was never sent
	// Withdrawn is what a row of this file had asked for that was told of as pending
	// and is invalid now: an earlier one, since the two disagree, or this one, since
	// its order id is another's; 0 for none.
	Withdrawn money.Fen
}

// Import takes in one file: all of it on Commit, nothing before.
type Import struct {
	db      *DB
	env     string // the database's
	ctx     context.Context
	conn    *sql.Conn // the writer's, whose mu is held
	open    bool      // a transaction is
	options ImportOptions
	batch   Batch
	// conflicting holds the bills that two rows of this file disagree about, and
	// the first one's line.
	conflicting  map[batch.Identity]int
	distrusted   time.Time // the checkpoint may have forgotten what was sent before it
	next         int64     // the id of the next row
	claimed      int64     // the last row up to which all order ids are written
	unclaimed    int64     // how many may wait; so that a test can say another number
	insertRow    statement
	insertBill   statement
	insertClaims statement
	together     []*together
	find         *sql.Stmt
}

// Import begins to take in a file. Nothing else is written until Commit or
// Rollback.
func (db *DB) Import(ctx context.Context, file File, o ImportOptions) (*Import, error) {
	name, err := db.freshName(ctx, file, o.Prior)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(file.Settings)
	if err != nil {
		return nil, err
	}
	distrusted, err := db.Distrusted(ctx)
	if err != nil {
		return nil, err
	}
	db.queue.mu.Lock()
	i := &Import{db: db, env: db.env, distrusted: distrusted, ctx: ctx, conn: db.queue.conn, options: o, conflicting: map[batch.Identity]int{}, unclaimed: unclaimed}
	i.batch = Batch{Name: name, Path: file.Path, SHA256: file.SHA256, Settings: file.Settings, ImportedAt: file.At}
	if err = i.begin(string(settings)); err != nil {
		return nil, errors.Join(explain(err), i.Rollback())
	}
	return i, nil
}

func (i *Import) begin(settings string) error {
	if _, err := i.conn.ExecContext(i.ctx, importMemory); err != nil {
		return err
	}
	if err := i.db.queue.st.begin.run(); err != nil {
		return err
	}
	i.open = true
	if err := i.conn.QueryRowContext(i.ctx, `SELECT coalesce(max(id), 0) FROM row`).Scan(&i.claimed); err != nil {
		return err
	}
	i.next = i.claimed + 1
	done, err := i.conn.ExecContext(i.ctx, `INSERT INTO file (name, path, sha256, settings, imported_at) VALUES (?, ?, ?, ?, ?)`,
		i.batch.Name, i.batch.Path, i.batch.SHA256, settings, micros(i.batch.ImportedAt))
	if err != nil {
		return err
	}
	if i.batch.ID, err = done.LastInsertId(); err != nil {
		return err
	}
	if i.insertRow, err = prepareOn(i.conn, insertRows+`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`); err != nil {
		return err
	}
	if i.insertBill, err = prepareOn(i.conn, insertBills+aBill); err != nil {
		return err
	}
	i.together = togethers()
	if i.insertClaims, err = prepareOn(i.conn, insertClaims); err != nil {
		return err
	}
	i.find, err = i.conn.PrepareContext(i.ctx, byIdentity)
	return err
}

// What the writer keeps of the file's pages, in KiB. Moves touch few of them, and
// after nearly every COMMIT SQLite walks through all that it keeps, to drop the
// number that a page had while a tree was balanced. An import's order ids are written
// among all others: of these, a page that is not kept is read and written again. Of
// the pages that a statement changes SQLite keeps a copy until it is over; those of
// many bills at once would go to a file. The log that an import has written is written
// back to the file beside what follows (writeBack), and not before Commit returns.
const (
	movesMemory  = `PRAGMA cache_size = -2048; PRAGMA temp_store = DEFAULT; PRAGMA wal_autocheckpoint = 1000`
	importMemory = `PRAGMA cache_size = -24576; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0`
)

const (
	insertRows  = `INSERT INTO row (id, file_id, line, mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, entry, problem, original_id) VALUES `
	insertBills = `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES `
)

const byIdentity = wide + fromRows + ` WHERE r.entry = 'bill' AND r.bill_no = ? AND r.bill_date = ? AND r.mid = ?`

// Derive adds to an entry what follows from its bill alone. It may run in another
// goroutine than Add, which does it where that has not been done.
func (i *Import) Derive(e Entry) Entry {
	if len(e.Problems) > 0 {
		return e
	}
	e.orderID = e.Bill.AuthedOrderID
	if e.orderID == "" {
		e.orderID = batch.OrderID(i.env, i.options.Source, e.Bill.Identity(), 0)
	}
	e.said = said(e.Bill)
	e.begins = []driver.Value{e.orderID, micros(i.batch.ImportedAt), firstLink(e.Bill, e.orderID)}
	return e
}

// Add takes in one row. Whether its bill is there already is not asked before
// it is written: the unique indexes say so, and only then is the earlier row
// looked for. Most bills are new, and they are what an import waits for.
func (i *Import) Add(e Entry) (Seen, error) {
	if err := i.ctx.Err(); err != nil {
		return Seen{}, err
	}
	i.count(&e)
	if len(e.Problems) > 0 {
		return i.invalid(e)
	}
	if line, ok := i.conflicting[e.Bill.Identity()]; ok {
		return i.invalid(e.because("checkpoint.conflict", strconv.Itoa(line)))
	}
	if e.begins == nil {
		e = i.Derive(e)
	}
	earlier, err := i.prior(e.Bill)
	if err != nil {
		return Seen{}, err
	}
	if earlier == nil {
		if seen, isNew, err := i.fresh(e, batch.Row{}); err != nil || isNew {
			return seen, err
		}
	}
	here, err := i.earlier(e.Bill)
	switch {
	case err != nil:
		return Seen{}, err
	case here != nil:
		earlier = here
	case earlier == nil:
		return Seen{}, fmt.Errorf("%w: bill %s is there already, and cannot be found", ErrDamaged, e.Bill.BillNo)
	}
	return i.again(e, *earlier)
}

func (i *Import) count(e *Entry) {
	i.batch.Rows++
	i.batch.Fen += max(0, e.Bill.Amount)
}

// earlier gives the row that has the bill's identity already.
func (i *Import) earlier(b batch.Bill) (*batch.Row, error) {
	return first(collect(i.find.Query(b.BillNo, b.BillDate, b.MID)))
}

// prior gives the row that has the bill's identity in the other checkpoint.
func (i *Import) prior(b batch.Bill) (*batch.Row, error) {
	if i.options.Prior == nil {
		return nil, nil
	}
	found, err := collect(i.options.Prior.reads.QueryContext(i.ctx, byIdentity, b.BillNo, b.BillDate, b.MID))
	for n := range found {
		found[n].ID = 0 // not a row of this checkpoint
	}
	return first(found, err)
}

func first(rows []batch.Row, err error) (*batch.Row, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// again takes in a bill that is there already.
func (i *Import) again(e Entry, earlier batch.Row) (Seen, error) {
	place := []string{earlier.Batch, strconv.Itoa(earlier.Line)}
	switch batch.Again(earlier, e.Bill, earlier.Batch == i.batch.Name) {
	case batch.Repeated:
		return i.repeat(e, earlier)
	case batch.Changed:
		switch {
		case i.options.AcceptChanges && batch.Concerned(earlier, i.distrusted):
			return i.invalid(e.because("checkpoint.changedDoubt", place...))
		case i.options.AcceptChanges:
			return i.supersede(e, earlier)
		}
		return i.invalid(e.because("checkpoint.changed", place...))
	case batch.ChangedTooLate:
		return i.invalid(e.because("checkpoint.changedSent", place...))
	}
	return i.conflict(e, earlier)
}

// conflict takes in a bill that another row of this file asks for differently:
// neither is sent, and each names the other.
func (i *Import) conflict(e Entry, earlier batch.Row) (Seen, error) {
	i.conflicting[e.Bill.Identity()] = earlier.Line
	mutual := e.because("checkpoint.conflict", strconv.Itoa(e.Line))
	if err := i.retract(earlier, "invalid", batch.EncodeProblems(mutual.Problems), nil); err != nil {
		return Seen{}, err
	}
	seen, err := i.invalid(e.because("checkpoint.conflict", strconv.Itoa(earlier.Line)))
	seen.Withdrawn = earlier.Amount
	return seen, err
}

// because gives the entry with one problem.
func (e Entry) because(key string, args ...string) Entry {
	e.Problems = []batch.Problem{{Key: key, Args: args}}
	return e
}

func (i *Import) invalid(e Entry) (Seen, error) {
	_, err := i.insert(e, "invalid", nil)
	return Seen{State: batch.Invalid, Problems: e.Problems}, err
}

// repeat takes in a duplicate. The row of another checkpoint (check) cannot be
// pointed at, so there nothing is written.
func (i *Import) repeat(e Entry, earlier batch.Row) (Seen, error) {
	seen := Seen{State: batch.Duplicate, Original: &batch.Original{
		ID: earlier.ID, Batch: earlier.Batch, Line: earlier.Line, State: earlier.State, SettleDate: earlier.Payment.SettleDate,
	}}
	if earlier.ID == 0 {
		return seen, nil
	}
	_, err := i.insert(e, "duplicate", earlier.ID)
	return seen, err
}

// supersede puts a bill in the place of one that was never sent, which becomes
// a duplicate of it.
func (i *Import) supersede(e Entry, earlier batch.Row) (Seen, error) {
	if earlier.ID != 0 {
		if err := i.retract(earlier, "duplicate", "", i.next); err != nil {
			return Seen{}, err
		}
	}
	seen, isNew, err := i.fresh(e, earlier)
	if err == nil && !isNew {
		err = fmt.Errorf("%w: bill %s cannot be replaced", errRefused, e.Bill.BillNo)
	}
	seen.Replaces = seen.State == batch.Pending
	return seen, err
}

// retract takes a bill that was never sent out of what is to be sent.
func (i *Import) retract(row batch.Row, entry, problem string, original any) error {
	if row.ID == 0 {
		return nil
	}
	_, err := i.conn.ExecContext(i.ctx, `UPDATE row SET entry = ?, problem = ?, original_id = ? WHERE id = ?`, entry, problem, original, row.ID)
	if err == nil {
		_, err = i.conn.ExecContext(i.ctx, `DELETE FROM progress WHERE row_id = ?`, row.ID)
	}
	if err == nil {
		_, err = i.conn.ExecContext(i.ctx, `DELETE FROM claim WHERE order_id = ? AND row_id = ?`, row.OrderID, row.ID)
	}
	return err
}

// fresh takes in a bill that is not there yet; isNew is false where it is, and
// nothing was written then. instead is the row whose place it takes: in the other
// checkpoint that one has its order id still.
func (i *Import) fresh(e Entry, instead batch.Row) (seen Seen, isNew bool, err error) {
	id, err := i.insert(e, "bill", nil)
	if there(err) {
		return Seen{}, false, nil
	}
	if err != nil {
		return Seen{}, false, err
	}
	owner, err := i.priorOwner(e.orderID)
	switch {
	case err != nil:
	case owner != nil && (owner.Batch != instead.Batch || owner.Line != instead.Line):
		seen, err = i.taken(e, batch.Row{ID: id, OrderID: e.orderID}, *owner)
	default:
		seen.State = batch.Pending
		err = i.insertBill.run(append([]driver.Value{id}, e.begins...)...)
	}
	return seen, true, err
}

// insert writes a row and gives its id.
func (i *Import) insert(e Entry, entry string, original any) (id int64, err error) {
	id = i.next
	values := append([]driver.Value{id, i.batch.ID, int64(e.Line)}, said(e.Bill)...)
	err = i.insertRow.run(append(values, entry, batch.EncodeProblems(e.Problems), original)...)
	if err == nil {
		i.next++
	}
	return id, err
}

// said is what the file said of a bill.
func said(b batch.Bill) []driver.Value {
	return []driver.Value{b.MID, b.TID, b.InstMID, b.BillNo, b.BillDate, b.AuthIDRespCd, b.AuthedOrderID, int64(b.Amount), b.MsgID, b.SrcReserve, b.AuthedDesc}
}

// there tells whether a unique index refused what is there already.
func there(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && e.ExtendedCode == sqlite3.ErrConstraintUnique
}

// Commit keeps the file, and gives its batch.
func (i *Import) Commit() (Batch, error) {
	err := i.claim(nil)
	if err == nil {
		_, err = i.conn.ExecContext(i.ctx, `UPDATE file SET rows = ?, fen = ? WHERE id = ?`, i.batch.Rows, int64(i.batch.Fen), i.batch.ID)
	}
	if err == nil {
		err = i.db.queue.st.touch.run()
	}
	if err == nil {
		err = i.db.queue.st.commit.run()
	}
	if err != nil {
		return Batch{}, errors.Join(explain(err), i.Rollback())
	}
	i.open = false
	db := i.db
	if err := i.Rollback(); err != nil {
		return Batch{}, err
	}
	db.writeBack()
	return i.batch, nil
}

// Rollback forgets what Commit has not kept; after Commit it does nothing.
func (i *Import) Rollback() error {
	if i.db == nil {
		return nil
	}
	w := i.db.queue
	defer w.mu.Unlock()
	i.db = nil
	var err error
	if i.open {
		err = w.st.rollback.run()
	}
	_, smaller := i.conn.ExecContext(context.WithoutCancel(i.ctx), movesMemory)
	if i.find != nil {
		err = errors.Join(err, i.find.Close())
	}
	for _, t := range i.together {
		err = errors.Join(err, t.close())
	}
	return errors.Join(err, i.insertRow.close(), i.insertBill.close(), i.insertClaims.close(), smaller)
}

// Name is the batch's.
func (i *Import) Name() string { return i.batch.Name }

// freshName gives the batch's name: the file's base name and the day (Beijing
// time), with a number where that is taken, here or in the other checkpoint:
// its rows are told from this file's by it.
func (db *DB) freshName(ctx context.Context, file File, prior *DB) (string, error) {
	base := strings.TrimSuffix(filepath.Base(file.Path), filepath.Ext(file.Path))
	name := base + "-" + file.At.In(beijing).Format(time.DateOnly)
	for n := 2; ; n++ {
		found, err := db.batches(ctx, " WHERE name = ?", name)
		if err == nil && len(found) == 0 && prior != nil {
			found, err = prior.batches(ctx, " WHERE name = ?", name)
		}
		if err != nil || len(found) == 0 {
			return name, err
		}
		name = fmt.Sprintf("%s-%s-%d", base, file.At.In(beijing).Format(time.DateOnly), n)
	}
}

var beijing = time.FixedZone("CST", 8*60*60)
