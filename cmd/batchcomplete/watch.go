package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
)

// watch shows the status again and again, until nothing is open any more or it is
// interrupted. It only reads: the run that it watches does not notice.
func (a *app) watch(ctx context.Context, env string, db *checkpoint.DB, ids []int64) (cli.Code, error) {
	every := a.set.Duration("every")
	if every <= 0 {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("flag.every")), "")
	}
	drain, _ := a.Signals.Contexts(ctx)
	first, started := 0, a.Now()
	all := ids == nil
	for look := 0; ; look++ {
		if all { // those that are open now, or were when it began
			open, err := db.OpenBatches(ctx)
			if err != nil {
				return cli.Failed, err
			}
			ids = union(ids, open)
		}
		report, err := a.look(ctx, env, db, ids)
		if err != nil {
			return cli.Failed, err
		}
		if look == 0 {
			first = toGo(report)
		}
		if err := a.printLook(report, first, a.Now().Sub(started)); err != nil {
			return cli.Failed, err
		}
		if toGo(report)+report.States[batch.Unknown].Rows == 0 {
			return cli.OK, nil
		}
		select {
		case <-time.After(every):
		case <-drain.Done():
			return cli.OK, nil
		}
	}
}

// toGo counts the rows that are to be sent, or are under way.
func toGo(r jsonReport) int { return r.States[batch.Pending].Rows + r.States[batch.Sending].Rows }

// printLook prints one look: over the last one on a terminal, below it elsewhere.
func (a *app) printLook(r jsonReport, first int, elapsed time.Duration) error {
	if a.set.Bool("json") {
		return printJSON(a, r)
	}
	if cli.IsTerminal(a.Stdout) {
		fmt.Fprint(a.Stdout, "\x1b[H\x1b[2J")
	}
	left := toGo(r)
	done := first - left
	rate, wait := pace(done, first, elapsed)
	fen := r.States[batch.Pending].Fen + r.States[batch.Sending].Fen
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.watch.head", stamp(a.Now()), left, fen.Grouped(), r.States[batch.Unknown].Rows, rate, wait))
	if cli.IsTerminal(a.Stdout) {
		a.printReport(r)
	}
	return nil
}
