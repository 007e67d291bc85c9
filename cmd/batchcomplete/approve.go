package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
)

// approve releases a batch, as a second person: whoever imported it may not.
// Nothing is sent by it; a run under require_approval then does.
func (a *app) approve(ctx context.Context, args []string) (cli.Code, error) {
	expected, err := a.expectation()
	if err != nil {
		return cli.Usage, err
	}
	env, err := a.environment()
	if err != nil {
		return cli.Usage, err
	}
	db, err := a.openCheckpoint(ctx, env)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	b, err := db.FindBatch(ctx, args[0])
	if err != nil {
		return cli.Usage, cli.Fail(cli.Usage, err, a.lang.T("batchcomplete.batch.hint"))
	}
	now := a.Now()
	given := checkpoint.Approval{SHA256: b.SHA256, Rows: b.Rows, Fen: b.Fen, Actor: actor(a), At: now, Until: now.Add(a.set.Duration("valid-for"))}
	if by := b.Settings[checkpoint.ImportedBy]; by == "" || strings.EqualFold(by, given.Actor) {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.approve.self", given.Actor, b.Name)), a.lang.T("batchcomplete.approve.self.hint"))
	}
	if !given.Until.After(given.At) {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.approve.time")), a.lang.T("flag.valid-for"))
	}
	if err := expected.hold(a, b); err != nil {
		return cli.Refused, err
	}
	if err := a.showForApproval(ctx, db, b); err != nil {
		return cli.CodeOf(err), err
	}
	if err := db.Approve(ctx, b.ID, given); err != nil {
		return cli.Failed, fmt.Errorf("recording the approval of %s: %w", b.Name, err)
	}
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, jsonApproval{db.Env(), b.Name, b.SHA256, jsonSum{b.Rows, b.Fen}, given.Actor, moment(given.At), moment(given.Until), cli.OK})
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.approve.done", b.Name, given.Actor, stamp(given.Until)))
	return cli.OK, nil
}

// jsonApproval is what approve --json prints: a contract.
type jsonApproval struct {
	Env    string `json:"env"`
	Batch  string `json:"batch"`
	SHA256 string `json:"sha256"`
	jsonSum
	Actor string   `json:"actor"`
	At    string   `json:"at"`
	Until string   `json:"until"`
	Exit  cli.Code `json:"exit"`
}

// expectation is what the approver knows from elsewhere: control totals.
type expectation struct {
	rows  int
	total *money.Fen
}

func (a *app) expectation() (expectation, error) {
	e := expectation{rows: a.set.Int("expect-rows")}
	text := a.set.String("expect-total")
	if text == "" {
		return e, nil
	}
	total, err := money.ParseYuan(text)
	if err != nil {
		return e, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.amount.bad", "--expect-total", text)), a.lang.T("flag.expect-total"))
	}
	e.total = &total
	return e, nil
}

func (e expectation) hold(a *app, b checkpoint.Batch) error {
	if (e.rows > 0 && e.rows != b.Rows) || (e.total != nil && *e.total != b.Fen) {
		return cli.Fail(cli.Refused, errors.New(a.lang.T("batchcomplete.approve.totals", b.Name, b.Rows, b.Fen.Grouped())), "")
	}
	return nil
}

// showForApproval says what is about to be released; on a terminal it asks.
func (a *app) showForApproval(ctx context.Context, db *checkpoint.DB, b checkpoint.Batch) error {
	t, err := db.Tally(ctx, []int64{b.ID})
	if err != nil {
		return err
	}
	pending := t.States[batch.Pending]
	if pending.Rows == 0 {
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.approve.nothing", b.Name)), "")
	}
	a.note(a.lang.T("batchcomplete.approve.show", db.Env(), b.Name, b.Path, b.SHA256, b.Settings[checkpoint.ImportedBy], stamp(b.ImportedAt),
		b.Rows, b.Fen.Grouped(), pending.Rows, pending.Fen.Grouped()))
	if a.set.Bool("yes") || !cli.IsTerminal(a.Stdin) {
		return nil
	}
	fmt.Fprint(a.ask, a.lang.T("batchcomplete.plan.ask"))
	answer, _ := bufio.NewReader(a.Stdin).ReadString('\n')
	if agrees(envTest, answer) {
		return nil
	}
	return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.approve.no")), "")
}

// approvalRequired tells whether only released batches are sent. It is a setting
// of the configuration file alone: a flag would be a way around it.
func (a *app) approvalRequired() (bool, error) {
	switch a.set.FileText("require-approval") {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.approve.setting", a.set.FileText("require-approval"))), "")
}

// release is what a run may send, and what waits.
type release struct {
	required bool
	sendable []int64        // rows that are pending or in doubt, of released batches
	sum      jsonSum        // of the pending ones among them
	others   []int64        // rows in doubt of other batches: they are asked about, never sent
	waiting  []waitingBatch // batches with rows that wait for a second person
}

type waitingBatch struct {
	name string
	jsonSum
}

// released finds out what the run may send.
func (j *job) released(ctx context.Context) (release, error) {
	required, err := j.approvalRequired()
	// Never nil: for the Runner that is every row there is.
	r := release{required: required, sendable: []int64{}, others: []int64{}}
	if err != nil || !required {
		return r, err
	}
	approved, err := j.db.Approved(ctx, j.Now())
	if err != nil {
		return r, err
	}
	free := map[string]bool{}
	batches, err := selectBatches(ctx, j.db, approved)
	if err != nil {
		return r, err
	}
	for _, b := range batches {
		free[b.Name] = true
	}
	open := checkpoint.Filter{States: []batch.State{batch.Pending, batch.Unknown, batch.Sending}}
	err = j.db.Each(ctx, open, func(row batch.Row) error {
		r.sort(row, free[row.Batch])
		return nil
	})
	r.sendable, r.others = ascending(r.sendable), ascending(r.others)
	return r, err
}

// sort puts one open row where it belongs.
func (r *release) sort(row batch.Row, free bool) {
	switch {
	case free:
		r.sendable = append(r.sendable, row.ID)
		if row.State == batch.Pending {
			r.sum.Rows, r.sum.Fen = r.sum.Rows+1, r.sum.Fen+row.Amount
		}
	case row.State == batch.Pending:
		last := len(r.waiting) - 1
		if last < 0 || r.waiting[last].name != row.Batch {
			r.waiting = append(r.waiting, waitingBatch{name: row.Batch})
			last++
		}
		w := &r.waiting[last]
		w.Rows, w.Fen = w.Rows+1, w.Fen+row.Amount
	default:
		r.others = append(r.others, row.ID)
	}
}

func (r release) waitingRows() (n int) {
	for _, w := range r.waiting {
		n += w.Rows
	}
	return n
}

// onlyReleased drops the rows of batches that nobody has released, and says so.
func (j *job) onlyReleased(ctx context.Context, rows []batch.Row) ([]batch.Row, error) {
	required, err := j.approvalRequired()
	if err != nil || !required {
		return rows, err
	}
	ids, err := j.db.Approved(ctx, j.Now())
	if err != nil {
		return nil, err
	}
	batches, err := selectBatches(ctx, j.db, ids)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(rows), func(row batch.Row) bool {
		return !slices.ContainsFunc(batches, func(b checkpoint.Batch) bool { return b.Name == row.Batch })
	})
	if len(kept) == 0 {
		return nil, cli.Fail(cli.Usage, errors.New(j.lang.T("batchcomplete.approve.retry")), j.lang.T("batchcomplete.approve.retry.hint"))
	}
	if len(kept) < len(rows) {
		j.note(j.lang.T("batchcomplete.approve.skipped", len(rows)-len(kept)))
	}
	return kept, nil
}

func sumOf(rows []batch.Row) (sum jsonSum) {
	for _, row := range rows {
		sum.Rows, sum.Fen = sum.Rows+1, sum.Fen+row.Amount
	}
	return sum
}
