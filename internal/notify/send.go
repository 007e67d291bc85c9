package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	tries   = 2
	timeout = 8 * time.Second // of one try

	// shortestSecret keeps "v1" and "bot" in the words that an address is taken out of.
	shortestSecret = 6
)

// Signal is what a ping says.
type Signal string

// The signals.
const (
	Started   Signal = "/start"
	Succeeded Signal = ""
	Failed    Signal = "/fail"
)

// client follows no redirect, which would carry the credential elsewhere, and
// takes no proxy from the environment.
var client = &http.Client{
	Transport:     &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: timeout, MaxResponseHeaderBytes: 64 << 10},
	Timeout:       timeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ping tells a monitor that a run started or how it ended; note is kept with it.
func Ping(ctx context.Context, to Address, s Signal, note string) error {
	if to.IsZero() {
		return nil
	}
	_, err := post(ctx, to.below(string(s)), "text/plain; charset=utf-8", []byte(note))
	return err
}

// Send sends a text to a group chat, signed for that moment where its robot asks
// for it.
func Send(ctx context.Context, to Chat, text string, at time.Time) error {
	if to.To.IsZero() {
		return nil
	}
	address, message, err := to.message(bounded(text), at)
	if err != nil {
		return err
	}
	answer, err := post(ctx, address, "application/json; charset=utf-8", message)
	if err != nil {
		return err
	}
	return accepted(answer, address)
}

// post posts, once more where nothing was answered or the other side failed.
func post(ctx context.Context, address, kind string, message []byte) (answer []byte, err error) {
	for range tries {
		var again bool
		if answer, again, err = once(ctx, address, kind, message); !again {
			return answer, err
		}
	}
	return answer, err
}

func once(ctx context.Context, address, kind string, message []byte) (answer []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(message))
	if err != nil {
		return nil, false, ErrAddress
	}
	request.Header.Set("Content-Type", kind)
	response, err := client.Do(request)
	if err != nil {
		return nil, ctx.Err() == nil, withoutAddress(err, address)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return nil, true, withoutAddress(err, address)
	}
	if response.StatusCode/100 != 2 {
		return nil, response.StatusCode/100 == 5, fmt.Errorf("HTTP status %d", response.StatusCode)
	}
	return answer, false, nil
}

// withoutAddress takes the address, which holds a credential, out of an error.
func withoutAddress(err error, address string) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return errors.New(hide(err.Error(), address))
}

// hide takes an address, and every part of it that may be a credential, out of a
// text that repeats it: as it was sent, unescaped, and escaped as a query is.
func hide(text, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "REDACTED"
	}
	secrets := []string{address, u.RequestURI(), u.RawQuery, u.EscapedPath(), u.Path}
	secrets = append(secrets, strings.Split(u.EscapedPath(), "/")...)
	secrets = append(secrets, strings.Split(u.Path, "/")...)
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(pair, "=")
		secrets = append(secrets, value)
		if value, err = url.QueryUnescape(value); err == nil {
			secrets = append(secrets, value, url.QueryEscape(value), url.PathEscape(value))
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the longest first: it holds the others
	for _, secret := range secrets {
		if len(secret) >= shortestSecret {
			text = strings.ReplaceAll(text, secret, "REDACTED")
		}
	}
	return text
}
