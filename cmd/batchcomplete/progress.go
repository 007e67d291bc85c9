package main

import (
	"context"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/money"
)

// lineEvery is how often a run that has no terminal logs how far it is.
const lineEvery = 10 * time.Second

// progress shows how far a run is: a bar where standard error is a terminal, a
// log line every so often where it is not.
type progress struct {
	*app
	bar     *progressbar.ProgressBar
	started time.Time
	said    time.Time

	total, done int // rows to be sent; rows that left pending
	doubtful    int
	completed   money.Fen
}

func (j *job) startProgress(ctx context.Context, r batch.Runner) *progress {
	p := &progress{app: j.app, started: j.Now(), said: j.Now()}
	if t, err := j.db.Tally(ctx, j.scope); err == nil {
		p.total = t.States[batch.Pending].Rows
		p.doubtful = t.States[batch.Unknown].Rows + t.States[batch.Sending].Rows
	}
	if r.Among != nil {
		p.total = len(r.Among)
	}
	if !cli.IsTerminal(j.Stderr) || p.total == 0 {
		return p
	}
	p.bar = progressbar.NewOptions(p.total,
		progressbar.OptionSetWriter(j.Stderr),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(j.lang.T("batchcomplete.progress.rows")),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	return p
}

// observe is called for every move, from one goroutine.
func (p *progress) observe(s batch.Step) {
	switch {
	case !s.Query && s.To != batch.Pending:
		p.done++
		if s.To == batch.Unknown {
			p.doubtful++
		}
	case s.Query && s.To != batch.Unknown:
		p.doubtful--
	}
	if s.To == batch.Completed {
		p.completed += s.Row.Amount
	}
	if p.bar != nil {
		p.bar.Describe(p.lang.T("batchcomplete.progress", p.completed.Grouped(), p.doubtful))
		_ = p.bar.Set(min(p.done, p.total))
		return
	}
	if now := p.Now(); now.Sub(p.said) >= lineEvery {
		p.said = now
		p.line("progress")
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Clear()
		fmt.Fprint(p.Stderr, "\r")
	}
	if p.total > 0 || p.done > 0 {
		p.line("finished")
	}
}

func (p *progress) line(what string) {
	elapsed := p.Now().Sub(p.started)
	perSecond := int64(0)
	if ms := elapsed.Milliseconds(); ms > 0 {
		perSecond = int64(p.done) * 1000 / ms
	}
	left := time.Duration(0)
	if p.done > 0 && p.total > p.done {
		left = (elapsed / time.Duration(p.done)) * time.Duration(p.total-p.done)
	}
	p.log.Info(what, "rows", p.done, "of", p.total, "completedYuan", p.completed.String(),
		"doubtful", p.doubtful, "perSecond", perSecond, "left", left.Round(time.Second).String())
}
