package main

import (
	"context"
	"fmt"
	"sync"
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

	mu          sync.Mutex // the heartbeat reads what observe writes
	total, done int        // rows to be sent; rows that left pending
	doubtful    int
	completed   money.Fen
	over        chan struct{}
}

func (j *job) startProgress(ctx context.Context, r batch.Runner) *progress {
	p := &progress{app: j.app, started: j.Now(), over: make(chan struct{})}
	if t, err := j.db.Tally(ctx, j.scope); err == nil {
		p.total = t.States[batch.Pending].Rows
		p.doubtful = t.States[batch.Unknown].Rows + t.States[batch.Sending].Rows
	}
	if r.Among != nil {
		p.total = len(r.Among)
	}
	if !cli.IsTerminal(j.Stderr) || p.total == 0 {
		go p.heartbeat()
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

// heartbeat logs a line every so often, also while a run only waits to ask.
func (p *progress) heartbeat() {
	every := time.NewTicker(lineEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			p.line("progress")
		case <-p.over:
			return
		}
	}
}

// observe is called for every move, from one goroutine.
func (p *progress) observe(s batch.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case s.From == batch.Sending && s.To != batch.Pending:
		p.done++
		if s.To == batch.Unknown {
			p.doubtful++
		}
	case s.From == batch.Unknown && s.To != batch.Unknown:
		p.doubtful--
	}
	if s.To == batch.Completed && s.From != batch.Completed {
		p.completed += s.Row.Amount
	}
	if p.bar != nil {
		p.bar.Describe(p.lang.T("batchcomplete.progress", p.completed.Grouped(), p.doubtful))
		_ = p.bar.Set(min(p.done, p.total))
	}
}

func (p *progress) finish() {
	close(p.over)
	if p.bar != nil {
		_ = p.bar.Clear()
		fmt.Fprint(p.Stderr, "\r")
	}
	if p.total > 0 || p.done > 0 {
		p.line("finished")
	}
}

func (p *progress) line(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rate, left := pace(p.done, p.total, p.Now().Sub(p.started))
	p.log.Info(what, "rows", p.done, "of", p.total, "completedYuan", p.completed.String(),
		"doubtful", p.doubtful, "perSecond", rate, "left", left.String())
}

// pace gives rows per second, to one place, and how long the rest takes at that
// rate; zero where nothing can be said yet.
func pace(done, total int, elapsed time.Duration) (perSecond string, left time.Duration) {
	if done <= 0 || elapsed < time.Millisecond {
		return "0.0", 0
	}
	tenths := int64(done) * 10_000 / elapsed.Milliseconds()
	if total > done {
		left = elapsed / time.Duration(done) * time.Duration(total-done)
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10), left.Round(time.Second)
}
