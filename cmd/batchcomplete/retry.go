package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
)

// retry sends declined rows once more, each under a new order id, and others
// that were chosen under the one they have. What is shown is what is sent: rows
// that come to match while it runs are left alone.
func (a *app) retry(ctx context.Context, args []string) (cli.Code, error) {
	states, err := a.retryStates()
	if err != nil {
		return cli.Usage, err
	}
	j, err := a.open(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer j.close()
	filter, err := a.filter(ctx, j.db, args)
	if err != nil {
		return cli.CodeOf(err), err
	}
	filter.States = states
	chosen, err := j.collect(ctx, filter)
	if err != nil {
		return cli.Failed, err
	}
	if len(chosen) == 0 {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.retry.none"))
		return cli.OK, j.sayNothing()
	}
	if chosen, err = j.onlyReleased(ctx, chosen); err != nil {
		return cli.CodeOf(err), err
	}
	if err := j.sound(ctx, chosen); err != nil {
		return cli.CodeOf(err), err
	}
	if err := j.about(ctx, chosen, nil); err != nil {
		return cli.CodeOf(err), err
	}
	j.showChosen(chosen)
	if err := j.confirm(sumOf(chosen)); err != nil {
		return cli.CodeOf(err), err
	}
	ids, err := j.renew(ctx, chosen)
	if err != nil {
		return cli.Failed, err
	}
	return j.work(ctx, batch.Runner{Send: true, Among: ids})
}

// sayNothing ends a retry that had nothing to do: a script that asked for JSON
// gets its object nonetheless.
func (j *job) sayNothing() error {
	if !j.set.Bool("json") {
		return nil
	}
	return printJSON(j.app, newReport(j.env, nil, checkpoint.Tally{}))
}

// retryStates gives the states that --state asks for. Rows that are completed,
// held, invalid or duplicates are never sent.
func (a *app) retryStates() ([]batch.State, error) {
	words := a.set.String("state")
	if words == "" {
		return []batch.State{batch.Declined}, nil
	}
	states, err := a.parseStates(words)
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if s != batch.Declined && !s.Open() {
			return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.retry.state", string(s))), a.lang.T("batchcomplete.retry.state.hint"))
		}
	}
	return states, nil
}

func (a *app) parseStates(words string) ([]batch.State, error) {
	var states []batch.State
	for word := range strings.SplitSeq(words, ",") {
		s, err := batch.ParseState(strings.TrimSpace(word))
		if err != nil {
			return nil, cli.Fail(cli.Usage, err, a.lang.T("flag.state"))
		}
		states = append(states, s)
	}
	return states, nil
}

// filter turns the selection's flags and the BATCH argument into a filter.
func (a *app) filter(ctx context.Context, db *checkpoint.DB, args []string) (checkpoint.Filter, error) {
	f := checkpoint.Filter{}
	if len(args) > 0 {
		b, err := db.FindBatch(ctx, args[0])
		if err != nil {
			return f, cli.Fail(cli.Usage, err, a.lang.T("batchcomplete.batch.hint"))
		}
		f.Batches = []int64{b.ID}
	}
	if a.set.Has("code") && a.set.String("code") != "" {
		f.Codes = strings.Split(a.set.String("code"), ",")
	}
	if a.set.Has("bill") {
		f.Bill = a.set.String("bill")
	}
	if a.set.Has("line") {
		f.Line = a.set.Int("line")
	}
	if a.set.Has("settle-date") {
		f.SettleFrom = a.set.String("settle-date")
		f.SettleTo = f.SettleFrom
	}
	if a.set.Has("state") && a.set.String("state") != "" {
		var err error
		if f.States, err = a.parseStates(a.set.String("state")); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (j *job) collect(ctx context.Context, f checkpoint.Filter) ([]batch.Row, error) {
	var rows []batch.Row
	err := j.db.Each(ctx, f, func(row batch.Row) error {
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// shownAtMost is how many rows retry lists before it only counts them.
const shownAtMost = 50

func (j *job) showChosen(chosen []batch.Row) {
	table := [][]string{{j.lang.T("batchcomplete.head.batch"), j.lang.T("batchcomplete.head.line"), j.lang.T("batchcomplete.head.bill"),
		j.lang.T("batchcomplete.head.yuan"), j.lang.T("batchcomplete.head.state"), j.lang.T("batchcomplete.head.code")}}
	for i, row := range chosen {
		if i == shownAtMost {
			break
		}
		table = append(table, []string{row.Batch, strconv.Itoa(row.Line), row.BillNo,
			row.Amount.Grouped(), j.lang.T("state." + string(row.State)), row.Code})
	}
	cli.Table(j.Stderr, table, 1, 3)
	if more := len(chosen) - shownAtMost; more > 0 {
		fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.retry.more", more))
	}
}

// renew moves the declined ones among the chosen rows to pending, each under
// the order id of its next generation, and gives the ids of all, in order. Many
// at once, since the journal commits what comes together in one transaction.
func (j *job) renew(ctx context.Context, chosen []batch.Row) ([]int64, error) {
	var ids []int64
	var moves errgroup.Group
	moves.SetLimit(128)
	who := actor(j.app)
	for _, row := range chosen {
		ids = append(ids, row.ID)
		if row.State == batch.Declined {
			moves.Go(func() error { return j.renewOne(ctx, row, who) })
		}
	}
	return ascending(ids), moves.Wait()
}

// sound holds declined rows, which open did not look at, against their chains.
func (j *job) sound(ctx context.Context, chosen []batch.Row) error {
	for _, row := range chosen {
		if row.State != batch.Declined {
			continue
		}
		if err := j.db.SoundRow(ctx, row); err != nil {
			return j.checkpointError(j.db.Path(), err)
		}
	}
	return nil
}

func (j *job) renewOne(ctx context.Context, row batch.Row, who string) error {
	err := j.db.Move(ctx, batch.Move{
		ID: row.ID, Cause: batch.ByRetry, From: batch.Declined, To: batch.Pending, At: j.Now(),
		NextOrderID: batch.OrderID(j.env, row.SourceCode(), row.Identity(), row.Generation+1),
		Actor:       who,
	})
	if err != nil {
		return fmt.Errorf("preparing line %d of %s for another send: %w", row.Line, row.Batch, err)
	}
	return nil
}

// about makes the rows' batches what the run answers for, or where there are no
// rows, others. An --out that is a file is for one batch.
func (j *job) about(ctx context.Context, rows []batch.Row, otherwise []int64) error {
	var err error
	if j.scope, err = j.batchesOf(ctx, rows); err != nil {
		return cli.Fail(cli.Failed, err, "")
	}
	if len(j.scope) == 0 {
		j.scope = otherwise
	}
	if len(j.scope) > 1 && j.outIsFile() {
		return cli.Fail(cli.Usage, errors.New(j.lang.T("batchcomplete.input.one")), "")
	}
	if len(j.scope) == 1 {
		j.named = j.scope[0]
	}
	return nil
}

func (j *job) batchesOf(ctx context.Context, rows []batch.Row) ([]int64, error) {
	all, err := j.db.Batches(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, row := range rows {
		named[row.Batch] = true
	}
	var ids []int64
	for _, b := range all {
		if named[b.Name] {
			ids = append(ids, b.ID)
		}
	}
	return ids, nil
}

// resolve asks the gateway about rows in doubt, and sends nothing.
func (a *app) resolve(ctx context.Context, args []string) (cli.Code, error) {
	j, err := a.open(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer j.close()
	filter, err := a.filter(ctx, j.db, args)
	if err != nil {
		return cli.CodeOf(err), err
	}
	filter.States = []batch.State{batch.Unknown, batch.Sending}
	doubtful, err := j.collect(ctx, filter)
	if err != nil {
		return cli.Failed, err
	}
	if len(doubtful) == 0 {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.resolve.none"))
	}
	if err := j.about(ctx, doubtful, filter.Batches); err != nil {
		return cli.CodeOf(err), err
	}
	ids := []int64{}
	for _, row := range doubtful {
		ids = append(ids, row.ID)
	}
	return j.work(ctx, batch.Runner{Among: ascending(ids)})
}
