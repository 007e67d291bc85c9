package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
)

// job is one run, retry or resolve: an open checkpoint, a gateway, and what the
// run is about.
type job struct {
	*app
	env     string
	db      *checkpoint.DB
	gateway *gateway
	scope   []int64 // the batches that the run answers for
	named   int64   // the one of them whose results go to an --out that is a file
	stopped batch.Stop
	codes   []cli.Code  // of what has gone wrong so far
	written []string    // results files
	checked jsonChecked // what check found
	release release     // what may be sent, where a second person releases it
}

// run is the nightly job: check, import, complete, resolve, write results.
func (a *app) run(ctx context.Context, args []string) (cli.Code, error) {
	files, err := a.inputs(args, a.mayWrite(ctx))
	if err != nil {
		return cli.Usage, err
	}
	j, err := a.open(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer j.close()

	imported, err := j.importAll(ctx, files)
	if err != nil {
		return cli.CodeOf(err), err
	}
	open, err := j.db.OpenBatches(ctx)
	if err != nil {
		return cli.Failed, err
	}
	j.scope = union(imported, open)
	switch {
	case len(imported) == 0 && len(j.codes) > 0 && !slices.ContainsFunc(files, func(in input) bool { return in.found }):
		// What the command line names was refused, all of it: then nothing is sent.
		return cli.Urgent(j.codes...), cli.Fail(cli.Urgent(j.codes...), errors.New(j.lang.T("batchcomplete.input.none")), "")
	case len(j.scope) == 0:
		j.note(j.lang.T("batchcomplete.input.empty"))
	}
	if err := j.distrust(ctx); err != nil {
		return cli.Failed, err
	}
	return j.sendPending(ctx)
}

// sendPending sends what is pending, or of it what is released.
func (j *job) sendPending(ctx context.Context) (cli.Code, error) {
	var err error
	if j.release, err = j.released(ctx); err != nil {
		return cli.CodeOf(err), err
	}
	if !j.release.required {
		t, err := j.db.Tally(ctx, j.scope)
		if err != nil {
			return cli.Failed, err
		}
		if err := j.confirm(jsonSum{t.States[batch.Pending].Rows, t.States[batch.Pending].Fen}); err != nil {
			return cli.CodeOf(err), err
		}
		return j.work(ctx, batch.Runner{Send: true})
	}
	for _, w := range j.release.waiting {
		j.note(j.lang.T("batchcomplete.approve.waits", w.name, w.Rows, w.Fen.Grouped()))
	}
	if err := j.confirm(j.release.sum); err != nil {
		return cli.CodeOf(err), err
	}
	return j.work(ctx, batch.Runner{Send: true, Among: j.release.sendable}, batch.Runner{Among: j.release.others})
}

// distrust heeds --verify-first, and says so where the checkpoint may have
// forgotten sends: by the flag, or by itself.
func (j *job) distrust(ctx context.Context) error {
	if j.set.Bool("verify-first") {
		if err := j.db.Distrust(ctx, j.Now()); err != nil {
			return err
		}
	}
	before, err := j.db.Distrusted(ctx)
	if err != nil || before.IsZero() {
		return err
	}
	fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.distrusted", stamp(before), j.set.Duration("settle-window")))
	return nil
}

// open checks the settings, then takes the checkpoint's lock, then finds the
// gateway: nothing is sent or written where one of them is not in order.
func (a *app) open(ctx context.Context) (*job, error) {
	env, err := a.environment()
	if err != nil {
		return nil, err
	}
	if _, err := a.deadline(); err != nil {
		return nil, err
	}
	if err := a.checkOut(nil, a.mayWrite(ctx)); err != nil {
		return nil, err
	}
	db, err := a.openCheckpoint(ctx, env)
	if err != nil {
		return nil, err
	}
	// Before anything is taken in: what this run writes itself need not be looked at.
	_, hard := a.Signals.Contexts(ctx)
	if err := db.Sound(hard); err != nil && hard.Err() == nil {
		db.Close()
		return nil, a.checkpointError(db.Path(), err)
	}
	g, err := a.openGateway(env, a.checkpointPath(env))
	if err != nil {
		db.Close()
		return nil, err
	}
	a.tellStart(ctx)
	return &job{app: a, env: env, db: db, gateway: g}, nil
}

func (j *job) close() {
	j.takeStock(context.Background())
	j.gateway.close()
	if err := j.db.Close(); err != nil {
		j.log.Error("closing the checkpoint", "error", err)
	}
}

// work runs one Runner after the other over what each was given, then writes
// results and the summary, whatever stopped it.
func (j *job) work(ctx context.Context, runners ...batch.Runner) (cli.Code, error) {
	_, hard := j.Signals.Contexts(ctx)
	deadline, err := j.deadline()
	if err != nil {
		return cli.Usage, err
	}
	var runErr error
	for i, r := range runners {
		if i > 0 && len(r.Among) == 0 {
			break
		}
		var stopped batch.Stop
		if stopped, runErr = j.workOff(ctx, r, deadline); j.stopped == batch.NotStopped {
			j.stopped = stopped
		}
		if runErr != nil || stopped.Brake() || stopped == batch.ByTime || stopped == batch.BySignal {
			break
		}
	}
	if hard.Err() != nil && j.Signals.Code() != cli.OK {
		return j.Signals.Code(), runErr // the second signal: stop at once
	}
	return j.finish(ctx, runErr)
}

func (j *job) workOff(ctx context.Context, r batch.Runner, deadline time.Time) (batch.Stop, error) {
	drain, hard := j.Signals.Contexts(ctx)
	progress := j.startProgress(hard, r)
	r.Gateway, r.Journal, r.Pace = j.gateway, j.db, j.gateway.pace
	r.Now, r.Log, r.Observe = j.Now, j.log, progress.observe
	r.Env = j.env
	r.Workers = j.set.Int("workers")
	r.SettleWindow = j.set.Duration("settle-window")
	r.ResolveFor = j.set.Duration("resolve-for")
	r.Deadline = deadline
	r.StopAfterFailures = j.set.Int("stop-after-failures")
	r.MaxUnknown = money.Fen(j.set.Int64("max-unknown-fen"))

	defer cli.CollectLess()()
	defer progress.finish()
	return r.Run(drain, hard)
}

// finish writes the results and the summary, and settles the exit code.
func (j *job) finish(ctx context.Context, runErr error) (cli.Code, error) {
	if runErr != nil {
		j.codes = append(j.codes, cli.Failed)
		runErr = cli.Fail(cli.Failed, errors.New(j.lang.T("batchcomplete.journal.failed", runErr)), j.lang.T("batchcomplete.journal.failed.hint"))
	}
	if err := j.writeResults(ctx); err != nil {
		j.codes = append(j.codes, cli.Failed)
		runErr = errors.Join(runErr, err)
	}
	tally, err := j.db.Tally(ctx, j.scope)
	if err == nil && j.release.required {
		j.release, err = j.released(ctx) // what was in doubt may wait now
	}
	if err != nil {
		return cli.Failed, errors.Join(runErr, err)
	}
	code := cli.Urgent(append(j.codes, exitOf(tally, j.stopped, j.release.waitingRows()), j.Signals.Code())...)
	return code, errors.Join(runErr, j.summarize(ctx, tally, code))
}

// exitOf gives the code that the rows' states and the reason of the stop ask
// for. waiting is how many rows are pending because nobody has released them.
func exitOf(t checkpoint.Tally, stopped batch.Stop, waiting int) cli.Code {
	var codes []cli.Code
	rows := func(states ...batch.State) (n int) {
		for _, s := range states {
			n += t.States[s].Rows
		}
		return n
	}
	if rows(batch.Unknown, batch.Held, batch.Sending) > 0 {
		codes = append(codes, cli.Doubt)
	}
	if rows(batch.Declined, batch.Invalid) > 0 {
		codes = append(codes, cli.Differences)
	}
	switch {
	case stopped.Brake():
		codes = append(codes, cli.Brake)
	case stopped == batch.ByTime:
		codes = append(codes, cli.TimeUp)
	case waiting > 0 && rows(batch.Pending) <= waiting:
		codes = append(codes, cli.TimeUp)
	case stopped == batch.NotStopped && rows(batch.Pending) > 0:
		// Three sends each, and never a sign that one arrived.
		codes = append(codes, cli.Failed)
	}
	return cli.Urgent(codes...)
}

// deadline gives the moment after which nothing new begins: the earlier of
// --until and --max-duration; zero where neither is set.
func (a *app) deadline() (time.Time, error) {
	var at time.Time
	now := a.Now()
	if d := a.set.Duration("max-duration"); d > 0 {
		at = now.Add(d)
	}
	text := a.set.String("until")
	if text == "" {
		return at, nil
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return at, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.until", text)), a.lang.T("flag.until"))
	}
	here := now.In(cli.Beijing)
	until := time.Date(here.Year(), here.Month(), here.Day(), clock.Hour(), clock.Minute(), 0, 0, cli.Beijing)
	if !until.After(now) {
		until = until.AddDate(0, 0, 1)
	}
	if at.IsZero() || until.Before(at) {
		at = until
	}
	return at, nil
}

// union gives the ids of both lists, once each, in order.
func union(a, b []int64) []int64 {
	seen := map[int64]bool{}
	var all []int64
	for _, id := range append(append([]int64(nil), a...), b...) {
		if !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return all
}
