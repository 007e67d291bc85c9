package checkpoint

import (
	"regexp"
	"strings"
	"testing"
)

// TestStartingUpReadsNoTableWhole holds what a run asks before its first request
// to its indexes, whatever the number of old rows: the one that is scanned has
// open rows alone.
func TestStartingUpReadsNoTableWhole(t *testing.T) {
	db := scratch(t)
	parameter := regexp.MustCompile(`\?\d*`)
	for name, query := range map[string]string{
		"open batches":    openBatches,
		"open chains":     openChains,
		"rows in a state": inState + ` ORDER BY p.row_id LIMIT ?3`,
		"undated rows":    undated,
		"rescue":          `SELECT row_id FROM progress p WHERE ` + openOnly + ` AND state = 'sending'`,
	} {
		err := db.each(ctx, "EXPLAIN QUERY PLAN "+parameter.ReplaceAllString(query, "'1'"), nil, func(row func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := row(&id, &parent, &unused, &detail)
			if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "INDEX progress_open") {
				t.Errorf("%s: %s", name, detail)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
