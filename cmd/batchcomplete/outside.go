package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/notify"
)

// outside is what a run shows to those who are not there: a monitor that is
// pinged, a file of metrics, a group chat. None of it changes the outcome: what
// fails here is logged, and that is all.
type outside struct {
	command string
	started time.Time
	ping    notify.Address
	chat    notify.Chat
	metrics string      // file
	report  *jsonReport // what the run came to; nil where it did not come so far
	stock   *stock      // what the checkpoint holds; nil where it was not opened
}

// stock is what a whole checkpoint holds at the end of a run.
type stock struct {
	states        map[batch.State]checkpoint.Sum
	oldestUnknown time.Time // when the row was sent that is in doubt longest; zero: none is
}

// watched shows a command to the outside.
func (a *app) watched(command string, do action) action {
	return func(ctx context.Context, args []string) (cli.Code, error) {
		if err := a.openOutside(command); err != nil {
			return cli.Usage, err
		}
		code, err := do(ctx, args)
		a.tellEnd(context.WithoutCancel(ctx), code, err)
		return code, err
	}
}

// openOutside checks the addresses before anything else is done.
func (a *app) openOutside(command string) error {
	o := outside{command: command, started: a.Now(), metrics: a.set.String("metrics-file")}
	var err error
	if o.ping, err = notify.ParseAddress(a.set.String("ping-url")); err != nil {
		return cli.Fail(cli.Usage, fmt.Errorf("--ping-url: %w", err), a.lang.T("flag.ping-url"))
	}
	if o.chat.To, err = notify.ParseAddress(a.set.String("notify-url")); err != nil {
		return cli.Fail(cli.Usage, fmt.Errorf("--notify-url: %w", err), a.lang.T("flag.notify-url"))
	}
	if !o.chat.To.IsZero() {
		if o.chat.Kind, err = notify.KindOf(a.set.String("notify-kind"), o.chat.To); err != nil {
			return cli.Fail(cli.Usage, fmt.Errorf("--notify-kind: %w", err), a.lang.T("flag.notify-kind"))
		}
		if o.chat.Sign, err = a.signer(o.chat.Kind); err != nil {
			return err
		}
	}
	a.outside = o
	return nil
}

// signer signs what is sent to a robot, where there is a secret of it.
func (a *app) signer(k notify.Kind) (notify.Signer, error) {
	secret, err := a.secret(notifySecret)
	if err != nil || secret.IsZero() {
		return nil, err
	}
	sign, err := notify.SignerOf(k, secret.Reveal())
	if err != nil {
		return nil, cli.Fail(cli.Usage, fmt.Errorf("%s, notify_secret_file: %w", notifySecret.variable, err), a.lang.T("flag.notify-kind"))
	}
	return sign, nil
}

// tellStart pings once the checkpoint is this run's own: a run that finds it held
// says nothing of the one that holds it.
func (a *app) tellStart(ctx context.Context) {
	if err := notify.Ping(ctx, a.outside.ping, notify.Started, "run "+a.runID); err != nil {
		a.log.Warn("the start was not told", "to", a.outside.ping, "error", err)
	}
}

// takeStock looks at the whole checkpoint while it is still open.
func (j *job) takeStock(ctx context.Context) {
	if j.outside.metrics == "" {
		return
	}
	s, err := stockOf(ctx, j.db)
	if err != nil {
		j.log.Warn("the checkpoint could not be counted", "error", err)
		return
	}
	j.outside.stock = &s
}

func stockOf(ctx context.Context, db *checkpoint.DB) (stock, error) {
	batches, err := db.Batches(ctx)
	if err != nil {
		return stock{}, err
	}
	var ids []int64
	for _, b := range batches {
		ids = append(ids, b.ID)
	}
	tally, err := db.Tally(ctx, ids)
	if err != nil {
		return stock{}, err
	}
	s := stock{states: tally.States}
	err = db.Each(ctx, checkpoint.Filter{States: []batch.State{batch.Unknown, batch.Sending}}, func(row batch.Row) error {
		if s.oldestUnknown.IsZero() || row.SentAt.Before(s.oldestUnknown) {
			s.oldestUnknown = row.SentAt
		}
		return nil
	})
	return s, err
}

// tellEnd tells all of them how the run ended. A run that found the checkpoint
// held by another says nothing: the other one will. Nor does one that was told
// to stop at once.
func (a *app) tellEnd(ctx context.Context, code cli.Code, err error) {
	if err != nil {
		code = cli.Urgent(code, cli.CodeOf(err))
	}
	if _, hard := a.Signals.Contexts(ctx); code == cli.Busy || hard.Err() != nil {
		return
	}
	o := a.outside
	if o.metrics != "" {
		if err := writeMetrics(o.metrics, a.metrics(code)); err != nil {
			a.log.Warn("the metrics were not written", "file", o.metrics, "error", err)
		}
	}
	signal := notify.Failed
	if done(code) {
		signal = notify.Succeeded
	}
	if err := notify.Ping(ctx, o.ping, signal, "exit "+strconv.Itoa(int(code))+", run "+a.runID); err != nil {
		a.log.Warn("the end was not told", "to", o.ping, "error", err)
	}
	if code == cli.OK && (o.report == nil || len(o.report.Batches) == 0) {
		return // there was nothing to do
	}
	if err := notify.Send(ctx, o.chat, a.digest(code, err).Text(a.lang), a.Now()); err != nil {
		a.log.Warn("the digest was not sent", "to", o.chat.To, "error", err)
	}
}

// done tells whether a run did its work: rows that are declined or invalid are
// for the accountants, not for whoever watches the machine.
func done(code cli.Code) bool { return code == cli.OK || code == cli.Differences }

// digest gathers what a group chat is told.
func (a *app) digest(code cli.Code, err error) notify.Digest {
	o := a.outside
	host, _ := os.Hostname()
	d := notify.Digest{
		Program: program, Command: o.command, Host: host, Env: a.set.String("env"), Profile: a.set.Profile(), Run: a.runID,
		At: a.Now(), Took: a.Now().Sub(o.started), Exit: int(code), ExitText: cli.ExitText(a.lang, code),
	}
	if err != nil {
		d.Error = err.Error()
	}
	if o.report == nil {
		return d
	}
	for _, b := range o.report.Batches {
		d.Batches = append(d.Batches, b.Name)
	}
	for _, s := range batch.States {
		d.States = append(d.States, notify.StateSum{State: string(s), Sum: notify.Sum(o.report.States[s])})
	}
	for _, s := range o.report.SettleDates {
		d.SettleDates = append(d.SettleDates, notify.SettleSum{Date: s.SettleDate, Sum: notify.Sum(s.jsonSum)})
	}
	if o.report.Stopped != batch.NotStopped {
		d.Stopped = a.lang.T("batchcomplete.stop." + string(o.report.Stopped))
	}
	d.Needs = a.nextSteps(*o.report)
	return d
}
