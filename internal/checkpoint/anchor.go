package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The anchor is a small file beside the checkpoint that remembers how far it had
// come: its id and how many intents it held. A checkpoint that has fewer was
// restored from a backup, and one with another id was put in the place of one
// that was lost: either has forgotten what was sent since, and says so
// (DB.Distrusted). The anchor is therefore left where it is when a backup is
// restored.
//
// It is written before the first intent of a run counts as written, and about
// once a second after that.

type anchor struct {
	ID      string `json:"id"`
	Intents int64  `json:"intents"`
}

const anchorEvery = time.Second

func anchorPath(path string) string { return path + ".anchor" }

// forgets compares a checkpoint with its anchor, where there is one, and gives how
// many intents it must have forgotten to be told from what it is now. An anchor
// that cannot be read counts against the checkpoint.
func forgets(path string, now anchor) (forgot bool, behind int64, err error) {
	text, err := os.ReadFile(anchorPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, err
	}
	var then anchor
	switch {
	case json.Unmarshal(bytes.TrimSpace(text), &then) != nil, then.ID != now.ID:
		return true, 0, nil
	case now.Intents < then.Intents:
		return true, then.Intents - now.Intents + 1, nil
	}
	return false, 0, nil
}

// write puts the anchor in place as a whole. A crash of the machine may lose the
// latest one, and loses no more than a second of what it knew.
func (a anchor) write(path string) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".anchor-*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), anchorPath(path))
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
