package checkpoint

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/mattn/go-sqlite3"

	"batchcomplete/internal/batch"
)

// statement is one of the writer's, prepared on the driver's own connection: every
// row passes here several times, and what database/sql does around an execution
// can be spared. Whoever holds the writer's mu may execute it; nobody else.
//
// Its values are int64, string, []byte and nil, and nothing else.
type statement struct {
	stmt   *sqlite3.SQLiteStmt
	values []driver.NamedValue // of one execution; the room is used again
}

// prepareOn prepares a statement on the connection that conn holds. It is to be
// closed before the connection: one that is left open keeps SQLite from writing
// its log back when the file is closed.
func prepareOn(conn *sql.Conn, text string) (statement, error) {
	var st statement
	err := conn.Raw(func(c any) error {
		prepared, err := c.(*sqlite3.SQLiteConn).Prepare(text)
		if err == nil {
			st.stmt = prepared.(*sqlite3.SQLiteStmt)
			st.values = make([]driver.NamedValue, st.stmt.NumInput())
		}
		return err
	})
	if err != nil {
		return st, fmt.Errorf("preparing %q: %w", text, err)
	}
	return st, nil
}

// close releases it; one that was never prepared too.
func (s statement) close() error {
	if s.stmt == nil {
		return nil
	}
	return s.stmt.Close()
}

// exec executes it, and gives how many rows it wrote.
func (s statement) exec(values ...driver.Value) (int64, error) {
	done, err := s.stmt.ExecContext(context.Background(), s.with(values))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// one executes it, and gives ErrMoved where it found no row to write.
func (s statement) one(values ...driver.Value) error {
	wrote, err := s.exec(values...)
	if err == nil && wrote == 0 {
		return batch.ErrMoved
	}
	return err
}

// run executes it as a query that has no rows: how many it wrote is not known
// then, but all its values are bound and it is executed in one call into C, where
// exec takes one for each value.
func (s statement) run(values ...driver.Value) error {
	rows, err := s.stmt.QueryContext(context.Background(), s.with(values))
	if err != nil {
		return err
	}
	if err = rows.Next(nil); errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

func (s statement) with(values []driver.Value) []driver.NamedValue {
	for i, v := range values {
		s.values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return s.values[:len(values)]
}
