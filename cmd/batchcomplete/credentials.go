package main

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/ums"
)

// maxKey bounds a key file; the gateway's keys have 32 characters.
const maxKey = 4 << 10

// credentials finds the appId and the appKey: in the environment, else in the
// configuration and the file that it names, else in systemd's credentials.
// There is no flag for either: a command line is visible to every process.
func (a *app) credentials() (string, ums.Secret, error) {
	id := a.Getenv("UMS_APP_ID")
	if id == "" {
		id = a.set.FileText("app-id")
	}
	key, err := a.secret(appKey)
	if err != nil {
		return "", ums.Secret{}, err
	}
	if id == "" || key.IsZero() {
		return "", ums.Secret{}, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.key.missing")), a.lang.T("batchcomplete.key.missing.hint"))
	}
	return id, key, nil
}

// source is where a secret may be: in an environment variable, in the file that
// a setting names, or among systemd's credentials.
type source struct{ variable, setting, credential string }

// The secrets there are.
var (
	appKey       = source{"UMS_APP_KEY", "app-key-file", "ums_app_key"}
	notifySecret = source{"BATCHCOMPLETE_NOTIFY_SECRET", "notify-secret-file", "notify_secret"} // 加签 of a group chat's robot
)

// secret gives the first that is there; a place that has one which cannot be used
// ends the search.
func (a *app) secret(from source) (ums.Secret, error) {
	if text := a.Getenv(from.variable); text != "" {
		key, err := parseKey(text)
		if err != nil {
			err = cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.key.env", from.variable, err)), "")
		}
		return key, err
	}
	for _, place := range a.keyFiles(from) {
		text, err := cli.ReadPrivate(place.path, place.mask, maxKey)
		if errors.Is(err, fs.ErrNotExist) && place.named == "" {
			continue
		}
		var key ums.Secret
		if err == nil {
			key, err = parseKey(string(text))
		}
		if err != nil {
			return ums.Secret{}, a.keyFileError(place, err)
		}
		return key, nil
	}
	return ums.Secret{}, nil
}

// keyFileError says which file cannot be used, and why. The name of a file that
// is not there is not repeated: it may be the key itself, written in the place of
// its file's name.
func (a *app) keyFileError(place keyPlace, err error) error {
	path := place.path
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err // the path stands in the message already
	}
	if _, missing := os.Lstat(path); missing != nil && place.named != "" {
		path = place.named
	}
	return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.key.file", path, err)), a.lang.T("batchcomplete.key.file.hint", path))
}

// keyPlace is a file that may hold the key, and the bits that its mode must not
// have. A file that the configuration names must be there.
type keyPlace struct {
	path  string
	mask  fs.FileMode
	named string // the setting that names it
}

func (a *app) keyFiles(from source) []keyPlace {
	var places []keyPlace
	if path := a.set.FileText(from.setting); path != "" {
		places = append(places, keyPlace{path, 0o177, strings.ReplaceAll(from.setting, "-", "_")})
	}
	if dir := a.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		// systemd gives a service its credentials as root's, through an access list,
		// which the mode shows as the group's permission to read.
		places = append(places, keyPlace{filepath.Join(dir, from.credential), 0o137, ""})
	}
	return places
}

// parseKey takes a key from the text that holds it: one line, and nothing else.
// The error never repeats the text.
func parseKey(text string) (ums.Secret, error) {
	line := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	if line == "" {
		return ums.Secret{}, errors.New("it is empty")
	}
	for _, c := range []byte(line) {
		if c <= ' ' || c > '~' {
			return ums.Secret{}, errors.New("it is not one line of letters, digits and signs")
		}
	}
	return ums.NewSecret(line), nil
}

// rootCAs gives the system's roots and those of --ca-file; nil is the system's.
func (a *app) rootCAs() (*x509.CertPool, error) {
	path := a.set.String("ca-file")
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, cli.Fail(cli.Usage, err, a.lang.T("flag.ca-file"))
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.cafile", path)), a.lang.T("flag.ca-file"))
	}
	return pool, nil
}
