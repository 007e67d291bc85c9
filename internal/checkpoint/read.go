package checkpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
)

// narrow selects what is known of a row whose bill is open, which has no result
// and repeats no other, in the order in which scan reads it.
const narrow = `SELECT r.id, f.name, r.line,
  r.mid, r.tid, r.inst_mid, r.bill_no, r.bill_date, r.auth_code, r.given_order_id, r.amount_fen, r.msg_id, r.src_reserve, r.authed_desc,
  coalesce(p.state, r.entry), coalesce(p.generation, 0), coalesce(p.order_id, ''), coalesce(p.attempts, 0), coalesce(p.sends, 0),
  coalesce(p.sent_at, 0), coalesce(p.absent_at, 0), coalesce(p.send_code, ''), coalesce(p.code, ''), coalesce(p.message, ''),
  coalesce(p.updated_at, f.imported_at), r.problem
`

// wide selects everything that is known of a row. A row that no bill came of has
// the state that its entry says.
const wide = narrow + `,
  coalesce(x.order_id, ''), coalesce(x.settle_date, ''), coalesce(x.pay_seq_id, ''), coalesce(x.target_order_id, ''), coalesce(x.target_sys, ''),
  coalesce(x.pay_time, ''), coalesce(x.pay_detail, ''), coalesce(x.card_attr, ''),
  coalesce(x.completed_fen, 0), coalesce(x.buyer_fen, 0), coalesce(x.invoice_fen, 0), coalesce(x.discount_fen, 0),
  coalesce(o.id, 0), coalesce(fo.name, ''), coalesce(o.line, 0), coalesce(po.state, o.entry, ''), coalesce(xo.settle_date, '')
`

const fromRows = ` FROM row r JOIN file f ON f.id = r.file_id
  LEFT JOIN progress p ON p.row_id = r.id LEFT JOIN result x ON x.row_id = r.id` + originals

const fromOpen = ` FROM progress p JOIN row r ON r.id = p.row_id JOIN file f ON f.id = r.file_id`

const fromProgress = fromOpen + `
  LEFT JOIN result x ON x.row_id = r.id` + originals

const originals = ` LEFT JOIN row o ON o.id = r.original_id LEFT JOIN file fo ON fo.id = o.file_id
  LEFT JOIN progress po ON po.row_id = o.id LEFT JOIN result xo ON xo.row_id = o.id`

// queries are what is read again and again, prepared once.
type queries struct {
	inState, inStateAmong, byID *sql.Stmt
	all                         prepared
}

const inState = narrow + fromOpen + ` WHERE ` + openOnly + ` AND p.state = ?1 AND p.row_id > ?2`

func prepareQueries(ctx context.Context, pool *sql.DB) (q queries, err error) {
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&q.inState, inState + ` ORDER BY p.row_id LIMIT ?3`},
		{&q.inStateAmong, inState + ` AND p.row_id IN (SELECT value FROM json_each(?4)) ORDER BY p.row_id LIMIT ?3`},
		{&q.byID, wide + fromRows + ` WHERE r.id = CAST(?1 AS INTEGER)`},
	} {
		if *s.into, err = pool.PrepareContext(ctx, s.text); err != nil {
			return q, err
		}
		q.all = append(q.all, *s.into)
	}
	return q, nil
}

// prepared are statements to be closed before their connection: one that is left
// open keeps SQLite from writing its log back when the file is closed.
type prepared []*sql.Stmt

func (p prepared) close() error {
	var all []error
	for _, s := range p {
		all = append(all, s.Close())
	}
	return errors.Join(all...)
}

// collect reads all rows of a query.
func collect(rows *sql.Rows, err error) ([]batch.Row, error) { return gather(nil, rows, err) }

// gather reads all rows of a query into a slice that has room for them.
func gather(all []batch.Row, rows *sql.Rows, err error) ([]batch.Row, error) {
	err = visit(rows, err, func(row batch.Row) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

func visit(rows *sql.Rows, err error, do func(batch.Row) error) error {
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return explain(err)
	}
	for rows.Next() {
		row, err := scan(rows, len(columns))
		if err != nil {
			return explain(err)
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// scan reads a row of so many columns: a wide one, or a narrow one.
func scan(rows *sql.Rows, columns int) (batch.Row, error) {
	var r batch.Row
	var o batch.Original
	var sent, absent, updated int64
	var problems string
	p := &r.Payment
	into := [...]any{&r.ID, &r.Batch, &r.Line,
		&r.MID, &r.TID, &r.InstMID, &r.BillNo, &r.BillDate, &r.AuthIDRespCd, &r.AuthedOrderID, (*int64)(&r.Amount), &r.MsgID, &r.SrcReserve, &r.AuthedDesc,
		(*string)(&r.State), &r.Generation, &r.OrderID, &r.Attempts, &r.Sends,
		&sent, &absent, &r.SendCode, &r.Code, &r.Message, &updated, &problems,
		&p.MerOrderID, &p.SettleDate, &p.PaySeqID, &p.TargetOrderID, &p.TargetSys, &p.PayTime, &p.PayDetail, &p.CardAttr,
		(*int64)(&p.TotalAmount), (*int64)(&p.BuyerPayAmount), (*int64)(&p.InvoiceAmount), (*int64)(&p.DiscountAmount),
		&o.ID, &o.Batch, &o.Line, (*string)(&o.State), &o.SettleDate}
	err := rows.Scan(into[:columns]...)
	if err != nil {
		return r, err
	}
	r.SentAt, r.AbsentAt, r.UpdatedAt = moment(sent), moment(absent), moment(updated)
	if r.Problems, err = batch.DecodeProblems(problems); err != nil {
		return r, fmt.Errorf("line %d of %s: %w", r.Line, r.Batch, err)
	}
	if o.ID != 0 {
		r.Original = &o
	}
	if r.State == batch.Completed {
		p.Status = "TRADE_SUCCESS"
	}
	return r, nil
}

// Row gives one row; batch.ErrMoved where there is none.
func (db *DB) Row(ctx context.Context, id int64) (batch.Row, error) {
	found, err := collect(db.queries.byID.QueryContext(ctx, id))
	if err == nil && len(found) == 0 {
		err = batch.ErrMoved
	}
	if err != nil {
		return batch.Row{}, err
	}
	return found[0], nil
}

// Filter selects rows; a field that is empty selects all.
type Filter struct {
	Batches    []int64
	States     []batch.State
	Codes      []string
	SettleFrom string // "2006-01-02", included
	SettleTo   string // included
	Bill       string // bill number
	Line       int
}

func (f Filter) where() (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, arg any) {
		conditions = append(conditions, condition)
		args = append(args, arg)
	}
	list := func(values any) string {
		text, err := json.Marshal(values)
		if err != nil {
			panic(err) // strings and integers
		}
		return string(text)
	}
	if f.Batches != nil {
		add("r.file_id IN (SELECT value FROM json_each(?))", list(f.Batches))
	}
	if f.States != nil {
		add("coalesce(p.state, r.entry) IN (SELECT value FROM json_each(?))", list(f.States))
	}
	if f.Codes != nil {
		add("p.code IN (SELECT value FROM json_each(?))", list(f.Codes))
	}
	if f.SettleFrom != "" {
		add("x.settle_date >= ?", f.SettleFrom)
	}
	if f.SettleTo != "" {
		add("x.settle_date <> '' AND x.settle_date <= ?", f.SettleTo)
	}
	if f.Bill != "" {
		add("r.bill_no = ?", f.Bill)
	}
	if f.Line != 0 {
		add("r.line = ?", f.Line)
	}
	if conditions == nil {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

// Each visits the rows that a filter selects, file by file and line by line.
func (db *DB) Each(ctx context.Context, f Filter, do func(batch.Row) error) error {
	where, args := f.where()
	rows, err := db.reads.QueryContext(ctx, wide+fromRows+where+" ORDER BY r.file_id, r.line", args...)
	return visit(rows, err, do)
}

// FindBill gives the rows that a text names: a bill number, mid/billNo, or an
// order id, its present one or one before a retry.
func (db *DB) FindBill(ctx context.Context, text string) ([]batch.Row, error) {
	if mid, billNo, ok := strings.Cut(text, "/"); ok {
		return collect(db.reads.QueryContext(ctx, wide+fromRows+" WHERE r.bill_no = ? AND r.mid = ?", billNo, mid))
	}
	found, err := collect(db.reads.QueryContext(ctx, wide+fromRows+" WHERE r.bill_no = ?", text))
	if err != nil || len(found) > 0 {
		return found, err
	}
	return collect(db.reads.QueryContext(ctx, byOrderID, text))
}

// Batch is one imported file.
type Batch struct {
	ID         int64
	Name       string
	Path       string // as it was given
	SHA256     string
	Settings   map[string]string
	Rows       int       // every row, invalid ones and duplicates included
	Fen        money.Fen // of every row whose amount could be read
	ImportedAt time.Time
}

const batches = `SELECT id, name, path, sha256, settings, rows, fen, imported_at FROM file`

func (db *DB) batches(ctx context.Context, where string, args ...any) ([]Batch, error) {
	return readBatches(db.reads.QueryContext(ctx, batches+where, args...))
}

func readBatches(rows *sql.Rows, err error) ([]Batch, error) {
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var all []Batch
	for rows.Next() {
		var b Batch
		var settings string
		var at int64
		if err := rows.Scan(&b.ID, &b.Name, &b.Path, &b.SHA256, &settings, &b.Rows, (*int64)(&b.Fen), &at); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(settings), &b.Settings); err != nil {
			return nil, fmt.Errorf("the settings of batch %s: %w", b.Name, err)
		}
		b.ImportedAt = moment(at)
		all = append(all, b)
	}
	return all, explain(rows.Err())
}

// Batches gives every batch, the earliest first.
func (db *DB) Batches(ctx context.Context) ([]Batch, error) { return db.batches(ctx, " ORDER BY id") }

// BatchByHash gives the batch of that file content, and whether there is one.
func (db *DB) BatchByHash(ctx context.Context, sha256 string) (Batch, bool, error) {
	found, err := db.batches(ctx, " WHERE sha256 = ?", sha256)
	if err != nil || len(found) == 0 {
		return Batch{}, false, err
	}
	return found[0], true, nil
}

// ErrNoBatch says that a name fits no batch, or several.
var ErrNoBatch = errors.New("no such batch")

// FindBatch gives the batch of that name, or the only one whose name begins so.
func (db *DB) FindBatch(ctx context.Context, name string) (Batch, error) {
	all, err := db.Batches(ctx)
	if err != nil {
		return Batch{}, err
	}
	return PickBatch(all, name)
}

// PickBatch gives the one of some batches of that name, or the only one whose
// name begins so.
func PickBatch(all []Batch, name string) (Batch, error) {
	var names []string
	var found []Batch
	for _, b := range all {
		if b.Name == name {
			return b, nil
		}
		if strings.HasPrefix(b.Name, name) {
			names, found = append(names, b.Name), append(found, b)
		}
	}
	switch len(found) {
	case 0:
		return Batch{}, fmt.Errorf("%w: %q", ErrNoBatch, name)
	case 1:
		return found[0], nil
	}
	return Batch{}, fmt.Errorf("%w: %q may be %s", ErrNoBatch, name, strings.Join(names, ", "))
}

// openBatches says which index it is to be, and which table comes first: the
// planner does not know how few rows are open, and would read every row.
const openBatches = `SELECT DISTINCT r.file_id FROM progress p INDEXED BY progress_open CROSS JOIN row r ON r.id = p.row_id
	WHERE ` + openOnly + ` AND p.state <> 'held'`

// OpenBatches gives the batches in which something is still to be done.
func (db *DB) OpenBatches(ctx context.Context) ([]int64, error) {
	rows, err := db.reads.QueryContext(ctx, openBatches)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, explain(rows.Err())
}

// Sum is a number of rows and their amount in fen.
type Sum struct {
	Rows int
	Fen  money.Fen
}

// SettleSum is what was completed of one merchant for one settle date.
type SettleSum struct {
	SettleDate string // "2006-01-02"; empty where the gateway gave none
	MID        string
	Sum
}

// Tally is how many rows and how much money are where. States counts what the
// rows ask for; SettleDates what was completed.
type Tally struct {
	States      map[batch.State]Sum
	SettleDates []SettleSum
}

// Tally counts the rows of some batches.
func (db *DB) Tally(ctx context.Context, ids []int64) (Tally, error) {
	t := Tally{States: map[batch.State]Sum{}}
	where, args := Filter{Batches: append([]int64{}, ids...)}.where()
	from := ` FROM row r LEFT JOIN progress p ON p.row_id = r.id LEFT JOIN result x ON x.row_id = r.id` + where
	err := db.each(ctx, `SELECT coalesce(p.state, r.entry), count(*), sum(r.amount_fen)`+from+` GROUP BY 1`, args, func(row func(...any) error) error {
		var state batch.State
		var s Sum
		err := row((*string)(&state), &s.Rows, (*int64)(&s.Fen))
		t.States[state] = s
		return err
	})
	if err != nil {
		return t, err
	}
	err = db.each(ctx, `SELECT x.settle_date, r.mid, count(*), sum(x.completed_fen)`+from+` AND x.row_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`, args, func(row func(...any) error) error {
		var s SettleSum
		err := row(&s.SettleDate, &s.MID, &s.Rows, (*int64)(&s.Fen))
		t.SettleDates = append(t.SettleDates, s)
		return err
	})
	return t, err
}

func (db *DB) each(ctx context.Context, query string, args []any, do func(scan func(...any) error) error) error {
	rows, err := db.reads.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// Event is one step of a bill's story: an intent, or what came of it.
type Event struct {
	At            time.Time
	Cause         batch.Cause
	From, To      batch.State
	Code, Message string
	HTTPStatus    int
	OrderID       string // of an intent, or the new one of a retry
	Actor, Reason string
	// N and Generation are an intent's: the how-manieth attempt, and under which
	// generation's order id.
	N, Generation int
	raw           []byte
}

// answers are a row's in order: those before it was completed, the one that
// completed it, which is in its result, and those since.
const answers = `SELECT at, cause, from_state, to_state, code, message, http_status, order_id, actor, reason, raw,
    2 * (from_state = 'completed') AS part, n FROM answer WHERE row_id = ?1
  UNION ALL SELECT at, cause, from_state, 'completed', code, message, http_status, '', actor, reason, NULL, 1, 1 FROM result WHERE row_id = ?1
  ORDER BY part, n`

// Story gives all that happened to a row, in order: an intent stands before the
// answer that found the row sending, whatever the clocks said.
func (db *DB) Story(ctx context.Context, id int64) ([]Event, error) {
	var attempts, all []Event
	err := db.each(ctx, `SELECT at, n, generation, order_id FROM attempt WHERE row_id = ? ORDER BY n`, []any{id}, func(row func(...any) error) error {
		e := Event{Cause: batch.BySend, From: batch.Pending, To: batch.Sending}
		var at int64
		err := row(&at, &e.N, &e.Generation, &e.OrderID)
		e.At = moment(at)
		attempts = append(attempts, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = db.each(ctx, answers, []any{id}, func(row func(...any) error) error {
		var e Event
		var at, part, n int64
		err := row(&at, (*string)(&e.Cause), (*string)(&e.From), (*string)(&e.To), &e.Code, &e.Message, &e.HTTPStatus, &e.OrderID, &e.Actor, &e.Reason, &e.raw, &part, &n)
		e.At = moment(at)
		if e.From == batch.Sending && len(attempts) > 0 {
			all, attempts = append(all, attempts[0]), attempts[1:]
		}
		all = append(all, e)
		return err
	})
	return append(all, attempts...), err
}

// LastLine gives the highest line of a batch's rows.
func (db *DB) LastLine(ctx context.Context, id int64) (int, error) {
	var line int
	err := db.reads.QueryRowContext(ctx, `SELECT coalesce(max(line), 0) FROM row WHERE file_id = ?`, id).Scan(&line)
	return line, explain(err)
}

// Remaining tells how many rows of a batch are open or held, and when the last
// of its rows moved.
func (db *DB) Remaining(ctx context.Context, id int64) (open int, last time.Time, err error) {
	var at int64
	err = db.reads.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+openOnly+`), coalesce(max(p.updated_at), 0)
		FROM row r JOIN progress p ON p.row_id = r.id WHERE r.file_id = ?`, id).Scan(&open, &at)
	return open, moment(at), explain(err)
}
