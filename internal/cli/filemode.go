package cli

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// readWithMode reads a file, and gives the mode and the owner of what was read.
func readWithMode(path string) ([]byte, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(f)
	return text, info, err
}

// othersWrite tells a file that the group or anybody could write: whoever writes
// the configuration decides where money goes.
func othersWrite(info fs.FileInfo) bool { return modesMean && info.Mode().Perm()&0o022 != 0 }

// othersRead tells a file that somebody else can read: it belongs to another user
// than this one and root, or its mode lets everybody or the group. The group may
// read what is root's where it is this user's own group, which is how a service's
// configuration is installed (root:batchcomplete, 0640).
func othersRead(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	if !modesMean {
		return false
	}
	return !ours(info) || mode&0o004 != 0 || mode&0o040 != 0 && !roots(info)
}

// secrets lists the settings of the file that hold a password or a token: an
// address to ping or to notify always does, a proxy's where it names a user.
func (f *configFile) secrets() []string {
	var found []string
	for _, s := range append(slices.Collect(maps.Values(f.profiles)), f.common) {
		for _, name := range secretFlags {
			node := resolved(s[name])
			if node.Value != "" && node.Tag != "!!null" && (name != "proxy" || strings.Contains(node.Value, "@")) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}
