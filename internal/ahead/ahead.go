// Package ahead lets one goroutine read what another writes away.
package ahead

import (
	"errors"
	"iter"
)

// Of runs a pass over many items in a goroutine of its own, a little ahead of
// whoever takes them: what reads and what writes have a core each then. The pass
// is over when the sequence is; its error comes last, behind all that it had
// emitted. Where no more is taken, its next emit fails.
func Of[T any](pass func(emit func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		f := feed[T]{chunks: make(chan []T, 2), enough: make(chan struct{})}
		var failed error // to be read once the chunks have ended
		go func() {
			defer close(f.chunks)
			failed = pass(f.emit)
			_ = f.hand() // where that is not taken, nobody asks why
		}()
		defer func() {
			close(f.enough)
			for range f.chunks {
			}
		}()
		for chunk := range f.chunks {
			for _, item := range chunk {
				if !yield(item, nil) {
					return
				}
			}
		}
		if failed != nil {
			yield(*new(T), failed)
		}
	}
}

// feed hands items from one goroutine to another, by the chunk.
type feed[T any] struct {
	chunk  []T
	chunks chan []T
	enough chan struct{}
}

var errNotTaken = errors.New("nobody takes any more")

func (f *feed[T]) emit(item T) error {
	if f.chunk = append(f.chunk, item); len(f.chunk) < 256 {
		return nil
	}
	return f.hand()
}

func (f *feed[T]) hand() error {
	chunk := f.chunk
	f.chunk = nil
	select {
	case f.chunks <- chunk:
		return nil
	case <-f.enough:
		return errNotTaken
	}
}
