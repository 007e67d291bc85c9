package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// Signals turns SIGINT and SIGTERM into two contexts. The first signal ends
// Drain: nothing new is begun, what is in flight is finished and recorded. The
// second ends Hard: everything stops at once.
type Signals struct {
	Drain context.Context
	Hard  context.Context
	first atomic.Int32
}

// WatchSignals begins to listen, for the life of the process. SIGPIPE is
// ignored: a reader that closes our output must not kill a run.
func WatchSignals(parent context.Context) *Signals {
	signal.Ignore(syscall.SIGPIPE)
	arrived := make(chan os.Signal, 4)
	signal.Notify(arrived, os.Interrupt, syscall.SIGTERM)
	return watch(parent, arrived)
}

func watch(parent context.Context, arrived <-chan os.Signal) *Signals {
	hard, stop := context.WithCancel(parent)
	drain, finish := context.WithCancel(hard)
	s := &Signals{Drain: drain, Hard: hard}
	go func() {
		defer stop()
		defer finish()
		select {
		case sig := <-arrived:
			s.first.Store(int32(number(sig)))
			finish()
		case <-parent.Done():
			return
		}
		select {
		case <-arrived:
		case <-parent.Done():
		}
	}()
	return s
}

func number(sig os.Signal) syscall.Signal {
	if n, ok := sig.(syscall.Signal); ok {
		return n
	}
	return syscall.SIGINT
}

// Code gives the exit code that the first signal asks for, OK where none came.
func (s *Signals) Code() Code {
	if s == nil {
		return OK
	}
	switch syscall.Signal(s.first.Load()) {
	case 0:
		return OK
	case syscall.SIGTERM:
		return Terminated
	}
	return Interrupted
}

// Contexts gives the two contexts; without signals both are parent.
func (s *Signals) Contexts(parent context.Context) (drain, hard context.Context) {
	if s == nil {
		return parent, parent
	}
	return s.Drain, s.Hard
}
