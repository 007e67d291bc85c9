package manual

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Keys lists the paths of a JSON value's keys, sorted: "a", "a.b", and "a[].b" for what the objects of a list have. The
// keys of the objects that data names are data themselves, and each counts as "*".
func Keys(text []byte, data ...string) ([]string, error) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	collect(value, "", data, found)
	var keys []string
	for key := range found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys, nil
}

func collect(value any, at string, data []string, found map[string]bool) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			collect(item, at+"[]", data, found)
		}
	case map[string]any:
		for key, item := range value {
			if slices.Contains(data, at) {
				key = "*"
			}
			path := strings.TrimPrefix(at+"."+key, ".")
			// An object that is data has a name on its page where it is a plain value.
			if _, object := item.(map[string]any); key != "*" || !object {
				found[path] = true
			}
			collect(item, path, data, found)
		}
	}
}

var quoted = regexp.MustCompile("`([^`]+)`")

// Documented gives what the tables of a page name in their first column, in order, by the heading that they stand under.
func Documented(page string) (map[string][]string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	sections, heading := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			heading = strings.TrimSpace(title)
			sections[heading] = nil
			continue
		}
		cell, ok := strings.CutPrefix(line, "| ")
		if !ok {
			continue
		}
		cell, _, _ = strings.Cut(cell, "|")
		for _, name := range quoted.FindAllStringSubmatch(cell, -1) {
			sections[heading] = append(sections[heading], name[1])
		}
	}
	return sections, nil
}
