package sheet

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func writing(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// outputs are the ways in which this program writes a file under a name that is
// given to it.
var outputs = map[string]func(path string) error{
	"WriteFile":   func(path string) error { return WriteFile(path, writing("ours")) },
	"WriteOver":   func(path string) error { return WriteOver(path, []string{"ours"}, writing("ours")) },
	"Save":        func(path string) error { return book("x").Save(path) },
	"SaveNew":     func(path string) error { return book("x").SaveNew(path) },
	"WritePublic": func(path string) error { return WritePublic(path, []string{"ours"}, writing("ours")) },
}

// TestNobodyElseMayReadWhatIsWritten but the file's group, which is the
// accountants' in a folder that gives it to theirs; and nobody else may write in
// it. A file of metrics alone is for all.
func TestNobodyElseMayReadWhatIsWritten(t *testing.T) {
	for name, write := range outputs {
		path := filepath.Join(t.TempDir(), "out.xlsx")
		want := map[bool]fs.FileMode{true: 0o644, false: 0o640}[name == "WritePublic"]
		if err := write(path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func book(cell string) *Book {
	b := NewBook("t")
	s := b.Sheet("s", Layout{Rows: 1})
	s.Row(TextCell(cell))
	s.Done()
	return b
}

// TestNothingIsWrittenThroughALink: neither through one nor in its place, and
// not into a pipe, a folder or a device.
func TestNothingIsWrittenThroughALink(t *testing.T) {
	for name, write := range outputs {
		for kind, make := range map[string]func(path, beside string) error{
			"a link":            func(path, beside string) error { return os.Symlink(beside, path) },
			"a link to nothing": func(path, beside string) error { return os.Symlink(beside+"none", path) },
			"a pipe":            func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
			"a folder":          func(path, _ string) error { return os.Mkdir(path, 0o700) },
			"a device":          func(path, _ string) error { return os.Symlink("/dev/null", path) },
		} {
			dir := t.TempDir()
			path, beside := filepath.Join(dir, "out.xlsx"), filepath.Join(dir, "beside")
			if err := os.WriteFile(beside, []byte("another's"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := make(path, beside); err != nil {
				t.Fatal(err)
			}
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(path); err == nil {
				t.Errorf("%s over %s: no error", name, kind)
			}
			after, err := os.Lstat(path)
			if err != nil || !os.SameFile(before, after) {
				t.Errorf("%s replaced %s", name, kind)
			}
			if got, err := os.ReadFile(beside); err != nil || string(got) != "another's" {
				t.Errorf("%s wrote through %s", name, kind)
			}
			if _, err := os.Lstat(beside + "none"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s made the file that %s leads to", name, kind)
			}
			wantAlone(t, dir, 2)
		}
	}
}

// wantAlone fails where a folder has other files than it should: leftovers.
func wantAlone(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != n {
		t.Errorf("%v, %v; %d files should be there", entries, err, n)
	}
}

func TestAFileThatIsNotOursIsNotOverwritten(t *testing.T) {
	for name, c := range map[string]struct {
		there func(path string) error // makes the file that is there
		write func(path string) error
		ours  bool
	}{
		"results over results":           {outputs["Save"], outputs["Save"], true},
		"results over a template":        {outputs["SaveNew"], outputs["Save"], false},
		"results over any text":          {outputs["WriteFile"], outputs["Save"], false},
		"results over an empty file":     {func(path string) error { return os.WriteFile(path, nil, 0o600) }, outputs["Save"], false},
		"a template over a template":     {outputs["SaveNew"], outputs["SaveNew"], false},
		"a template over results":        {outputs["Save"], outputs["SaveNew"], false},
		"text over text of ours":         {outputs["WriteOver"], outputs["WriteOver"], true},
		"text over another's":            {func(path string) error { return WriteFile(path, writing("another's")) }, outputs["WriteOver"], false},
		"text over a workbook":           {outputs["Save"], outputs["WriteOver"], false},
		"a file that nobody else writes": {func(path string) error { return WriteFile(path, writing("any")) }, outputs["WriteFile"], true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "out.xlsx")
			if err := c.there(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			err = c.write(path)
			if c.ours != (err == nil) || !c.ours && !errors.Is(err, ErrNotOurs) {
				t.Errorf("%v", err)
			}
			if after, err := os.ReadFile(path); !c.ours && (err != nil || string(after) != string(before)) {
				t.Errorf("it was overwritten, %v", err)
			}
			wantAlone(t, dir, 1)
		})
	}
}

// TestAWritableFileIsKnownBeforeItIsWritten: nothing is sent where the results
// could not be written under the name that was given.
func TestAWritableFileIsKnownBeforeItIsWritten(t *testing.T) {
	dir := t.TempDir()
	ours, another := filepath.Join(dir, "ours.xlsx"), filepath.Join(dir, "another.xlsx")
	if err := errors.Join(book("x").Save(ours), book("x").SaveNew(another), WriteFile(filepath.Join(dir, "ours.csv"), writing("a,b\nmark")), WriteFile(filepath.Join(dir, "another.csv"), writing("a,b"))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"ours.xlsx": nil, "another.xlsx": ErrNotOurs, "none.xlsx": nil, "ours.csv": nil, "another.csv": ErrNotOurs, "none.csv": nil} {
		if err := Writable(filepath.Join(dir, name), []string{"mark"}); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAFileThatSomebodyPutsThereMeanwhileIsKept has somebody put a file of theirs
// under the name while ours is being written, after the name was looked at: where
// it was free, and where a file of ours stood. What is theirs is there afterwards.
func TestAFileThatSomebodyPutsThereMeanwhileIsKept(t *testing.T) {
	for name, stands := range map[string]string{"a free name": "", "a file of ours": "ours, older"} {
		for kind, intrude := range map[string]func(path string) error{
			"a file":   func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o600) },
			"a link":   func(path string) error { return os.Symlink(path+".beside", path) },
			"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		} {
			dir := t.TempDir()
			path := filepath.Join(dir, "out.csv")
			if stands != "" {
				if err := os.WriteFile(path, []byte(stands), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var before fs.FileInfo
			err := WriteOver(path, []string{"ours"}, func(w io.Writer) error {
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
				if err := intrude(path); err != nil {
					t.Fatal(err)
				}
				before, _ = os.Lstat(path)
				return writing("ours, newer")(w)
			})
			if err == nil || kind == "a file" && !errors.Is(err, ErrNotOurs) {
				t.Errorf("%s over %s: %v", kind, name, err)
			}
			if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("%s over %s is no longer there: %v", kind, name, err)
			}
			wantAlone(t, dir, 1)
		}
	}
}

// TestAFileOfOursThatCameMeanwhileIsReplaced: the newer one wins.
func TestAFileOfOursThatCameMeanwhileIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	err := WriteOver(path, []string{"ours"}, func(w io.Writer) error {
		if err := os.WriteFile(path, []byte("ours, of another run"), 0o600); err != nil {
			t.Fatal(err)
		}
		return writing("ours, newer")(w)
	})
	if got, _ := os.ReadFile(path); err != nil || string(got) != "ours, newer" {
		t.Errorf("%q, %v", got, err)
	}
	wantAlone(t, filepath.Dir(path), 1)
}

// TestWithoutLinksAFileIsLookedAtBeforeItIsReplaced is the way of file systems
// that cannot exchange two names.
func TestWithoutLinksAFileIsLookedAtBeforeItIsReplaced(t *testing.T) {
	for stands, replaced := range map[string]bool{"": true, "ours, older": true, "theirs": false} {
		dir := t.TempDir()
		path, written := filepath.Join(dir, "out.csv"), filepath.Join(dir, ".writing")
		for name, text := range map[string]string{path: stands, written: "ours"} {
			if text == "" {
				continue
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := rename(written, path, holds([]string{"ours"}))
		got, _ := os.ReadFile(path)
		if replaced != (err == nil) || replaced != (string(got) == "ours") {
			t.Errorf("over %q: %v, and %q is there", stands, err, got)
		}
	}
}

// TestWhatIsWrittenIsOnDiskBeforeItHasItsName, and its name before it is said to
// be written: after a power cut the old file is there or the new one, whole.
func TestWhatIsWrittenIsOnDiskBeforeItHasItsName(t *testing.T) {
	defer func(was func(*os.File) error) { flush = was }(flush)
	for stands, want := range map[string][]string{"": {"ours under .writing- beside ", "the folder with ours"}, "ours, older": {"ours under .writing- beside ours, older", "the folder with ours"}} {
		dir := t.TempDir()
		path := filepath.Join(dir, "out.csv")
		if stands != "" {
			if err := os.WriteFile(path, []byte(stands), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var flushed []string
		flush = func(f *os.File) error {
			there, _ := os.ReadFile(path)
			if f.Name() == dir {
				flushed = append(flushed, "the folder with "+string(there))
				return nil
			}
			written, err := os.ReadFile(f.Name())
			flushed = append(flushed, string(written)+" under "+filepath.Base(f.Name())[:len(".writing-")]+" beside "+string(there))
			return err
		}
		if err := WriteOver(path, []string{"ours"}, writing("ours")); err != nil || !slices.Equal(flushed, want) {
			t.Errorf("%q, %v; want %q", flushed, err, want)
		}
	}
}

// TestAFileThatCannotBePutBackIsKept: what somebody put there while what they had
// put there before was being put back stays under the temporary name, and that is
// said.
func TestAFileThatCannotBePutBackIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	theirs := func(text string) {
		t.Helper()
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	looked := 0
	err := replace(path, private, func(*os.File) bool {
		looked++
		theirs("theirs, second") // in the place of ours, which was exchanged for their first
		return false
	}, func(w io.Writer) error {
		theirs("theirs, first")
		return writing("ours")(w)
	})
	var left *leftError
	if !errors.As(err, &left) || !errors.Is(err, ErrNotOurs) || looked != 1 {
		t.Fatalf("%v, looked at %d times", err, looked)
	}
	first, err1 := os.ReadFile(path)
	second, err2 := os.ReadFile(left.left)
	if string(first) != "theirs, first" || string(second) != "theirs, second" {
		t.Errorf("%q and %q are there, %v", first, second, errors.Join(err1, err2))
	}
}

// TestAFileThatMayNeverEndIsNotRead: a pipe that nobody writes into would keep a
// run, and the checkpoint's lock, waiting for good.
func TestAFileThatMayNeverEndIsNotRead(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe.csv"), filepath.Join(dir, "link.csv")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink("/dev/zero", link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, dir} {
		if f, err := Open(path, ""); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v, %v", path, f, err)
		}
	}
}
