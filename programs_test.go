package batchcomplete

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// bin is a folder with both programs, which the first test that asks for it builds.
var bin = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "bin")
	out, err := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "./cmd/batchcomplete", "./cmd/reconcile").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return dir, err
})

// scratch is a folder that is gone when the tests are over.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "batchcomplete-test-*"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

// program gives the path of one of the two programs.
func program(t *testing.T, name string) string {
	t.Helper()
	dir, err := bin()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// accepts fails where the program does not know the command or a flag of an invocation, or refuses a flag's value:
// it is asked for the command's help, for which it reads the whole line and runs nothing.
func accepts(t *testing.T, where string, words []string) {
	t.Helper()
	name := filepath.Base(words[0])
	if out, err := exec.Command(program(t, name), append(words[1:len(words):len(words)], "--help")...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%v\n%s", where, words, err, out)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
