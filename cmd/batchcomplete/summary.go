package main

import (
	"context"
	"fmt"
	"strconv"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
)

// jsonSum is a count of rows and their amount in fen.
type jsonSum struct {
	Rows int       `json:"rows"`
	Fen  money.Fen `json:"fen"`
}

type jsonBatch struct {
	Name string `json:"name"`
	File string `json:"file"`
	jsonSum
}

type jsonSettleDate struct {
	SettleDate string `json:"settleDate"`
	MID        string `json:"mid"`
	jsonSum
}

// jsonReport is the object that --json prints: a contract.
type jsonReport struct {
	Env         string                  `json:"env"`
	Batches     []jsonBatch             `json:"batches"`
	States      map[batch.State]jsonSum `json:"states"`
	SettleDates []jsonSettleDate        `json:"settleDates"`
	Results     []string                `json:"results"`
	Stopped     batch.Stop              `json:"stopped"`
	Exit        cli.Code                `json:"exit"`
	jsonChecked                         // check's own

	waiting []waitingBatch // for a second person
}

// summarize prints what the run came to: for people, or as JSON.
func (j *job) summarize(ctx context.Context, t checkpoint.Tally, code cli.Code) error {
	batches, err := j.scopeBatches(ctx)
	if err != nil {
		return err
	}
	report := newReport(j.env, batches, t)
	report.Stopped, report.Exit = j.stopped, code
	report.Results = append(report.Results, j.written...)
	report.waiting = j.release.waiting
	report.jsonChecked = j.checked
	j.outside.report = &report
	if j.set.Bool("json") {
		return printJSON(j.app, report)
	}
	j.printReport(report)
	if j.checked.Changed != nil {
		j.printChecked(j.checked, report.States[batch.Pending])
	}
	return nil
}

// scopeBatches gives the batches that the run answers for.
func (j *job) scopeBatches(ctx context.Context) ([]checkpoint.Batch, error) {
	return selectBatches(ctx, j.db, j.scope)
}

func selectBatches(ctx context.Context, db *checkpoint.DB, ids []int64) ([]checkpoint.Batch, error) {
	all, err := db.Batches(ctx)
	if err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var some []checkpoint.Batch
	for _, b := range all {
		if wanted[b.ID] {
			some = append(some, b)
		}
	}
	return some, nil
}

func newReport(env string, batches []checkpoint.Batch, t checkpoint.Tally) jsonReport {
	r := jsonReport{
		Env: env, Batches: []jsonBatch{}, States: map[batch.State]jsonSum{},
		SettleDates: []jsonSettleDate{}, Results: []string{},
	}
	for _, b := range batches {
		r.Batches = append(r.Batches, jsonBatch{b.Name, b.Path, jsonSum{b.Rows, b.Fen}})
	}
	for _, s := range batch.States {
		r.States[s] = jsonSum{t.States[s].Rows, t.States[s].Fen}
	}
	for _, d := range t.SettleDates {
		r.SettleDates = append(r.SettleDates, jsonSettleDate{d.SettleDate, d.MID, jsonSum{d.Rows, d.Fen}})
	}
	return r
}

func printJSON(a *app, v any) error {
	if err := cli.WriteJSON(a.Stdout, v); err != nil {
		return cli.Fail(cli.Failed, fmt.Errorf("printing JSON: %w", err), "")
	}
	return nil
}

// printReport prints the report for people.
func (a *app) printReport(r jsonReport) {
	w := a.Stdout
	for _, b := range r.Batches {
		fmt.Fprintln(w, a.lang.T("batchcomplete.report.batch", b.Name, b.Rows, b.Fen.Grouped()))
	}
	cli.Table(w, a.stateTable(r), 1, 2)
	if len(r.SettleDates) > 0 {
		fmt.Fprintln(w)
		cli.Table(w, a.settleTable(r), 2, 3)
	}
	for _, path := range r.Results {
		fmt.Fprintln(w, a.lang.T("batchcomplete.report.results", path))
	}
	if r.Stopped != batch.NotStopped {
		fmt.Fprintln(w, a.lang.T("batchcomplete.stop."+string(r.Stopped)))
	}
	for _, step := range a.nextSteps(r) {
		fmt.Fprintln(w, cli.Printable(step))
	}
}

func (a *app) stateTable(r jsonReport) [][]string {
	table := [][]string{{a.lang.T("batchcomplete.head.state"), a.lang.T("batchcomplete.head.rows"), a.lang.T("batchcomplete.head.yuan")}}
	var all jsonSum
	for _, s := range batch.States {
		sum := r.States[s]
		all.Rows, all.Fen = all.Rows+sum.Rows, all.Fen+sum.Fen
		if sum.Rows > 0 {
			table = append(table, []string{a.lang.T("state." + string(s)), strconv.Itoa(sum.Rows), sum.Fen.Grouped()})
		}
	}
	return append(table, []string{a.lang.T("batchcomplete.head.total"), strconv.Itoa(all.Rows), all.Fen.Grouped()})
}

func (a *app) settleTable(r jsonReport) [][]string {
	table := [][]string{{a.lang.T("batchcomplete.head.settleDate"), a.lang.T("batchcomplete.head.mid"),
		a.lang.T("batchcomplete.head.rows"), a.lang.T("batchcomplete.head.completed")}}
	for _, d := range r.SettleDates {
		date := d.SettleDate
		if date == "" {
			date = a.lang.T("batchcomplete.settle.none")
		}
		table = append(table, []string{date, d.MID, strconv.Itoa(d.Rows), d.Fen.Grouped()})
	}
	return table
}

// nextSteps says what a person should do about what is not done.
func (a *app) nextSteps(r jsonReport) []string {
	var steps []string
	waiting := 0
	for _, w := range r.waiting {
		steps = append(steps, a.lang.T("batchcomplete.approve.waits", w.name, w.Rows, w.Fen.Grouped()))
		waiting += w.Rows
	}
	say := func(key string, except int, states ...batch.State) {
		n := -except
		for _, s := range states {
			n += r.States[s].Rows
		}
		if n > 0 {
			steps = append(steps, a.lang.T(key, n))
		}
	}
	say("batchcomplete.next.unknown", 0, batch.Unknown, batch.Sending)
	say("batchcomplete.next.held", 0, batch.Held)
	say("batchcomplete.next.declined", 0, batch.Declined)
	say("batchcomplete.next.invalid", 0, batch.Invalid)
	say("batchcomplete.next.pending", waiting, batch.Pending)
	return steps
}
