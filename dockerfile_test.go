package batchcomplete

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// instruction is one of a Dockerfile, its continuation lines joined.
type instruction struct{ name, rest string }

func dockerfile(t *testing.T) []instruction {
	t.Helper()
	known := []string{"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENTRYPOINT", "CMD"}
	var all []instruction
	text := strings.ReplaceAll(deployed(t, "Dockerfile"), "\\\n", " ")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		if !slices.Contains(known, name) {
			t.Fatalf("%q is no instruction", line)
		}
		all = append(all, instruction{name, strings.TrimSpace(rest)})
	}
	return all
}

func TestTheImageHasNoRootAndNothingToStart(t *testing.T) {
	last := map[string]string{}
	stages := 0
	for _, i := range dockerfile(t) {
		if i.name == "FROM" {
			stages++
			clear(last)
		}
		last[i.name] = i.rest
	}
	if stages != 2 || last["FROM"] != "scratch" {
		t.Errorf("%d stages, the last from %s", stages, last["FROM"])
	}
	if last["RUN"] != "" {
		t.Error("the last stage has no shell to run anything")
	}
	if user, _, _ := strings.Cut(last["USER"], ":"); user == "" || user == "0" || user == "root" {
		t.Errorf("USER %s", last["USER"])
	}
	if last["ENTRYPOINT"] != `["/usr/local/bin/batchcomplete"]` {
		t.Errorf("ENTRYPOINT %s", last["ENTRYPOINT"])
	}
	// The command in the comment, with which the image is started.
	text := deployed(t, "Dockerfile")
	_, command, found := strings.Cut(text, "#     batchcomplete ")
	command, _, _ = strings.Cut(command, "\n")
	if !found || !strings.Contains(text, "--read-only") || !strings.Contains(text, "--tmpfs /tmp") {
		t.Error("it does not say how to start the image with a read-only file system")
	}
	accepts(t, "Dockerfile", append([]string{"batchcomplete"}, strings.Fields(command)...))
}

// image plays a Dockerfile's stages in folders: each stage's root is one.
type image struct {
	t       *testing.T
	stages  map[string]string // a stage's name to its folder
	root    string
	workdir string
	env     []string
}

// TestTheDockerfilesStepsRun plays every COPY and RUN, but for what comes from the base image and the network.
func TestTheDockerfilesStepsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds static programs")
	}
	i := &image{t: t, stages: map[string]string{}, env: os.Environ()}
	for _, step := range dockerfile(t) {
		switch step.name {
		case "FROM":
			i.root, i.workdir = t.TempDir(), "/"
			if _, name, named := strings.Cut(step.rest, " AS "); named {
				i.stages[name] = i.root
			}
		case "ARG":
			i.env = append(i.env, step.rest)
		case "WORKDIR":
			i.workdir = step.rest
			i.must(os.MkdirAll(filepath.Join(i.root, i.workdir), 0o755))
		case "COPY":
			i.copy(strings.Fields(step.rest))
		case "RUN":
			i.run(step.rest)
		}
	}
	for _, name := range []string{"batchcomplete", "reconcile"} {
		static(t, filepath.Join(i.root, "usr/local/bin", name))
	}
	if info, err := os.Stat(filepath.Join(i.root, "var/lib/batchcomplete")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the checkpoint's folder: %v %v", info, err)
	}
}

func (i *image) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

func (i *image) run(command string) {
	i.t.Helper()
	if command == "go mod download" {
		command = "go list -m" // the network is not the test's business; that go.mod is there is
	}
	c := exec.Command("sh", "-c", command)
	c.Dir, c.Env = filepath.Join(i.root, i.workdir), i.env
	if out, err := c.CombinedOutput(); err != nil {
		i.t.Fatalf("RUN %s: %v\n%s", command, err, out)
	}
}

func (i *image) copy(words []string) {
	i.t.Helper()
	from, base := ".", ""
	for strings.HasPrefix(words[0], "--") {
		if stage, ok := strings.CutPrefix(words[0], "--from="); ok {
			from = i.stages[stage]
			base = from
		}
		words = words[1:]
	}
	to := words[len(words)-1]
	if !path.IsAbs(to) {
		to = path.Join(i.workdir, to) + "/"
	}
	for _, source := range words[:len(words)-1] {
		if base != "" && !strings.HasPrefix(source, "/src/") {
			continue // the base image's
		}
		i.must(copyInto(filepath.Join(i.root, to), filepath.Join(from, source), strings.HasSuffix(to, "/"), ignored(i.t)))
	}
}

// ignored are the patterns that keep files out of the build.
func ignored(t *testing.T) []string { return strings.Fields(deployed(t, "Dockerfile.dockerignore")) }

// copyInto copies a file, or what is in a folder.
func copyInto(to, from string, folder bool, ignore []string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if folder {
			to = filepath.Join(to, filepath.Base(from))
		}
		return copyFile(to, from, info.Mode())
	}
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		for _, pattern := range ignore {
			if match, _ := filepath.Match(pattern, inside); match && from == "." {
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		if entry.IsDir() {
			if err := os.MkdirAll(target, 0o755); err != nil {
				return err
			}
			return os.Chmod(target, info.Mode().Perm())
		}
		return copyFile(target, name, info.Mode())
	})
}

func copyFile(to, from string, mode fs.FileMode) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("COPY: %w", err)
	}
	return os.WriteFile(to, text, mode.Perm())
}
