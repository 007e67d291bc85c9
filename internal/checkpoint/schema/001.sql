-- The checkpoint's first schema. The database itself refuses what must not
-- happen, so that a bug in Go becomes a refused statement, not a second payment.
--
-- file      a batch: one imported file
-- row       what the file said; never changes once its bill was sent
-- progress  what became of a bill: the one narrow row that a move touches
-- claim     whose an order id is, for good
-- attempt   intents, appended before each send
-- answer    what caused each later move but the one that completes the bill, appended
-- result    what caused that one, with the payment, appended once
--
-- Amounts are in fen; moments are microseconds since 1970 (UTC), 0 for none.
--
-- Checks that are made at every move are chains of OR: for a longer IN, SQLite
-- builds a table of its values each time, which costs more than the move itself.

-- env         the environment that it belongs to, for good
-- id          its own, which the anchor beside it knows
-- intents     how many were written, ever
-- overtaken   how many of these it has no attempt of, since it has forgotten them
-- commits     how many transactions without intents there were
-- results …   the hashes of the results files that were handed back, by path
-- distrusted  it may have forgotten what was sent before this moment
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
  id          INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL UNIQUE,
  path        TEXT    NOT NULL,
  sha256      TEXT    NOT NULL UNIQUE,
  settings    TEXT    NOT NULL,
  imported_at INTEGER NOT NULL,
  rows        INTEGER NOT NULL DEFAULT 0,
  fen         INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE row (
  id             INTEGER PRIMARY KEY,
  file_id        INTEGER NOT NULL REFERENCES file(id),
  line           INTEGER NOT NULL CHECK (line > 0),
  entry          TEXT    NOT NULL CHECK (entry = 'bill' OR entry = 'invalid' OR entry = 'duplicate'),
  mid            TEXT    NOT NULL,
  tid            TEXT    NOT NULL,
  inst_mid       TEXT    NOT NULL,
  bill_no        TEXT    NOT NULL,
  bill_date      TEXT    NOT NULL,
  auth_code      TEXT    NOT NULL,
  given_order_id TEXT    NOT NULL,
  amount_fen     INTEGER NOT NULL,
  msg_id         TEXT    NOT NULL,
  src_reserve    TEXT    NOT NULL,
  authed_desc    TEXT    NOT NULL,
  problem        TEXT    NOT NULL,
  original_id    INTEGER REFERENCES row(id) DEFERRABLE INITIALLY DEFERRED,
  CHECK (entry <> 'bill' OR amount_fen BETWEEN 1 AND 100000000),
  CHECK ((entry = 'duplicate') = (original_id IS NOT NULL))
) STRICT;

-- One bill is one row, over every file ever read.
CREATE UNIQUE INDEX row_bill ON row(bill_no, bill_date, mid) WHERE entry = 'bill';
CREATE UNIQUE INDEX row_line ON row(file_id, line);

CREATE TABLE progress (
  row_id     INTEGER PRIMARY KEY REFERENCES row(id),
  state      TEXT    NOT NULL CHECK (state = 'pending' OR state = 'sending' OR state = 'completed' OR state = 'declined' OR state = 'unknown' OR state = 'held'),
  order_id   TEXT    NOT NULL CHECK (length(order_id) BETWEEN 6 AND 32),
  generation INTEGER NOT NULL DEFAULT 0,
  attempts   INTEGER NOT NULL DEFAULT 0,
  sends      INTEGER NOT NULL DEFAULT 0,
  sent_at    INTEGER NOT NULL DEFAULT 0,
  absent_at  INTEGER NOT NULL DEFAULT 0,
  send_code  TEXT    NOT NULL DEFAULT '',
  code       TEXT    NOT NULL DEFAULT '',
  message    TEXT    NOT NULL DEFAULT '',
  updated_at INTEGER NOT NULL,
  chain      BLOB    NOT NULL CHECK (length(chain) = 32), -- the last hash over what the file said and every event since
  -- What led to a state is on record: its attempt, a reply or a decision, its result.
  -- A bill that nothing has happened to is pending. These are keys and no trigger, for
  -- which SQLite would put the many bills of one statement into a table of its own first.
  sent       INTEGER GENERATED ALWAYS AS (CASE WHEN state = 'sending' THEN attempts END) VIRTUAL,
  answered   INTEGER GENERATED ALWAYS AS (CASE WHEN state = 'unknown' OR state = 'declined' OR state = 'held' THEN 1 END) VIRTUAL,
  paid       INTEGER GENERATED ALWAYS AS (CASE WHEN state = 'completed' THEN row_id END) VIRTUAL REFERENCES result(row_id),
  FOREIGN KEY (row_id, sent) REFERENCES attempt(row_id, n),
  FOREIGN KEY (row_id, answered) REFERENCES answer(row_id, n)
) STRICT;

-- Two bills never share an order id: each is one bill's, and stays so when a retry
-- has given that bill another. A bill leaves pending only under one of its own
-- (attempt_pending, progress_claimed). It is a table, and no index of progress, so
-- that an import can write the order ids of many bills in their own order: from bill
-- to bill they come in none.
CREATE TABLE claim (
  order_id TEXT    PRIMARY KEY,
  row_id   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small, whatever the number of rows that are done with.
CREATE INDEX progress_open ON progress(state, row_id) WHERE state <> 'completed' AND state <> 'declined';

-- For a checkpoint that may have forgotten retries: what it has as declined.
CREATE INDEX progress_declined ON progress(row_id) WHERE state = 'declined';

CREATE TABLE attempt (
  row_id     INTEGER NOT NULL REFERENCES row(id),
  n          INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  order_id   TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (row_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
  row_id      INTEGER NOT NULL REFERENCES row(id),
  n           INTEGER NOT NULL,
  cause       TEXT    NOT NULL CHECK (cause = 'send' OR cause = 'query' OR cause = 'rescue' OR cause = 'verify' OR cause = 'decide' OR cause = 'retry'),
  from_state  TEXT    NOT NULL,
  to_state    TEXT    NOT NULL CHECK (to_state <> 'completed' OR from_state = 'completed'), -- what completes a bill is in result
  at          INTEGER NOT NULL,
  code        TEXT    NOT NULL,
  message     TEXT    NOT NULL,
  http_status INTEGER NOT NULL,
  order_id    TEXT    NOT NULL, -- the new one of a retry, '' otherwise
  actor       TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  raw         BLOB,
  PRIMARY KEY (row_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
  row_id          INTEGER PRIMARY KEY REFERENCES row(id),
  order_id        TEXT    NOT NULL,
  cause           TEXT    NOT NULL CHECK (cause = 'send' OR cause = 'query' OR cause = 'decide'),
  from_state      TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  code            TEXT    NOT NULL,
  message         TEXT    NOT NULL,
  http_status     INTEGER NOT NULL,
  actor           TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  settle_date     TEXT    NOT NULL,
  pay_seq_id      TEXT    NOT NULL,
  target_order_id TEXT    NOT NULL,
  target_sys      TEXT    NOT NULL,
  pay_time        TEXT    NOT NULL,
  pay_detail      TEXT    NOT NULL,
  card_attr       TEXT    NOT NULL,
  completed_fen   INTEGER NOT NULL CHECK (completed_fen > 0),
  buyer_fen       INTEGER NOT NULL CHECK (buyer_fen >= 0),
  invoice_fen     INTEGER NOT NULL CHECK (invoice_fen >= 0),
  discount_fen    INTEGER NOT NULL CHECK (discount_fen >= 0)
) STRICT;

CREATE INDEX result_settle ON result(settle_date);
CREATE INDEX result_undated ON result(row_id) WHERE settle_date = '';

-- The permitted moves; a test holds them equal to batch.Transitions.
CREATE TABLE legal (
  cause      TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state   TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state, cause)
) STRICT, WITHOUT ROWID;

INSERT INTO legal VALUES
  ('send', 'pending', 'sending'),
  ('send', 'sending', 'completed'), ('send', 'sending', 'declined'), ('send', 'sending', 'held'),
  ('send', 'sending', 'unknown'), ('send', 'sending', 'pending'),
  ('rescue', 'sending', 'unknown'), ('verify', 'pending', 'unknown'), ('verify', 'unknown', 'unknown'), ('verify', 'declined', 'unknown'),
  ('query', 'unknown', 'completed'), ('query', 'unknown', 'declined'), ('query', 'unknown', 'held'),
  ('query', 'unknown', 'unknown'), ('query', 'unknown', 'pending'),
  ('decide', 'held', 'completed'), ('decide', 'held', 'declined'), ('decide', 'held', 'pending'),
  ('decide', 'unknown', 'completed'), ('decide', 'unknown', 'declined'), ('decide', 'unknown', 'pending'),
  ('retry', 'declined', 'pending');

CREATE TRIGGER progress_moves BEFORE UPDATE OF state ON progress
WHEN NOT EXISTS (SELECT 1 FROM legal WHERE from_state = old.state AND to_state = new.state)
BEGIN SELECT RAISE(ABORT, 'no row moves from that state to that'); END;

CREATE TRIGGER progress_sending BEFORE UPDATE OF state ON progress
WHEN new.state = 'sending' AND NOT (
  new.attempts = old.attempts + 1 AND new.sends = old.sends + 1 AND new.sent_at > 0 AND
  EXISTS (SELECT 1 FROM attempt WHERE row_id = new.row_id AND n = new.attempts AND generation = new.generation AND order_id = new.order_id))
BEGIN SELECT RAISE(ABORT, 'a row is sending only with its attempt on record'); END;

CREATE TRIGGER progress_order BEFORE UPDATE OF order_id, generation ON progress
WHEN (new.order_id <> old.order_id OR new.generation <> old.generation) AND NOT (
  old.state = 'declined' AND new.state = 'pending' AND new.generation = old.generation + 1 AND new.order_id <> old.order_id AND
  EXISTS (SELECT 1 FROM claim WHERE order_id = new.order_id AND row_id = new.row_id) AND
  NOT EXISTS (SELECT 1 FROM result WHERE row_id = new.row_id))
BEGIN SELECT RAISE(ABORT, 'an order id changes only with a retry, for the next generation'); END;

-- What may have been forgotten is asked about without an attempt; see attempt_pending.
CREATE TRIGGER progress_claimed BEFORE UPDATE OF state ON progress
WHEN old.state = 'pending' AND new.state <> 'sending' AND NOT EXISTS (SELECT 1 FROM row r JOIN claim c ON c.row_id = r.id
  WHERE r.id = new.row_id AND r.entry = 'bill' AND c.order_id = new.order_id)
BEGIN SELECT RAISE(ABORT, 'only a bill is asked about, under an order id of its own'); END;

CREATE TRIGGER progress_attempts BEFORE UPDATE OF attempts ON progress
WHEN new.attempts <> old.attempts AND new.state <> 'sending'
BEGIN SELECT RAISE(ABORT, 'attempts count intents'); END;

-- Only what was never sent, and is no bill any more, loses its progress.
CREATE TRIGGER progress_keep BEFORE DELETE ON progress
WHEN old.attempts > 0 OR old.state <> 'pending' OR EXISTS (SELECT 1 FROM row WHERE id = old.row_id AND entry = 'bill')
BEGIN SELECT RAISE(ABORT, 'a bill that was sent is never forgotten'); END;

CREATE TRIGGER attempt_pending BEFORE INSERT ON attempt
WHEN NOT EXISTS (SELECT 1 FROM progress p JOIN row r ON r.id = p.row_id JOIN claim c ON c.order_id = p.order_id
  WHERE p.row_id = new.row_id AND p.state = 'pending' AND p.attempts = new.n - 1 AND p.order_id = new.order_id AND r.entry = 'bill' AND c.row_id = p.row_id)
BEGIN
  SELECT RAISE(ABORT, 'only a pending row is attempted')
  WHERE NOT EXISTS (SELECT 1 FROM progress WHERE row_id = new.row_id AND state = 'pending' AND attempts = new.n - 1 AND order_id = new.order_id);
  SELECT RAISE(ABORT, 'only a bill is sent, under an order id of its own');
END;

CREATE TRIGGER attempt_result BEFORE INSERT ON attempt
WHEN EXISTS (SELECT 1 FROM result WHERE row_id = new.row_id)
BEGIN SELECT RAISE(ABORT, 'a completed bill is never sent again'); END;

-- No order id has two results: a result is under its bill's own, which no other
-- bill has (claim) and which stays as it is from then on
-- (progress_order). An index of the results' order ids would say the same, and
-- have every completion write a page of it somewhere.
CREATE TRIGGER result_order BEFORE INSERT ON result
WHEN NOT EXISTS (SELECT 1 FROM progress WHERE row_id = new.row_id AND order_id = new.order_id AND
  state = new.from_state AND (state = 'sending' OR state = 'unknown' OR state = 'held'))
BEGIN SELECT RAISE(ABORT, 'a result is of a bill that was sent, under its own order id'); END;

CREATE TRIGGER row_frozen BEFORE UPDATE ON row
WHEN EXISTS (SELECT 1 FROM attempt WHERE row_id = old.id) OR old.entry <> 'bill' OR new.entry = 'bill' OR
  new.id <> old.id OR new.file_id <> old.file_id OR new.line <> old.line OR new.mid <> old.mid OR new.bill_no <> old.bill_no OR
  new.bill_date <> old.bill_date OR new.amount_fen <> old.amount_fen OR new.auth_code <> old.auth_code
BEGIN SELECT RAISE(ABORT, 'what a file said does not change'); END;

CREATE TRIGGER row_keep      BEFORE DELETE ON row     BEGIN SELECT RAISE(ABORT, 'rows are never deleted'); END;
CREATE TRIGGER file_keep     BEFORE DELETE ON file    BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END;
CREATE TRIGGER claim_same    BEFORE UPDATE ON claim   BEGIN SELECT RAISE(ABORT, 'an order id stays its bill''s'); END;
CREATE TRIGGER claim_keep    BEFORE DELETE ON claim   WHEN EXISTS (SELECT 1 FROM progress WHERE row_id = old.row_id) BEGIN SELECT RAISE(ABORT, 'an order id stays its bill''s'); END;
CREATE TRIGGER attempt_keep  BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempts are only appended'); END;
CREATE TRIGGER attempt_same  BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'attempts are only appended'); END;
CREATE TRIGGER answer_keep   BEFORE DELETE ON answer  BEGIN SELECT RAISE(ABORT, 'answers are only appended'); END;
CREATE TRIGGER answer_same   BEFORE UPDATE ON answer  BEGIN SELECT RAISE(ABORT, 'answers are only appended'); END;
CREATE TRIGGER result_keep   BEFORE DELETE ON result  BEGIN SELECT RAISE(ABORT, 'results are only appended'); END;
CREATE TRIGGER meta_env      BEFORE UPDATE ON meta WHEN old.key IN ('env', 'id') BEGIN SELECT RAISE(ABORT, 'a checkpoint keeps its environment'); END;

-- A result changes in one way: a settle date that the gateway had not given yet.
CREATE TRIGGER result_same BEFORE UPDATE ON result
WHEN NOT (old.settle_date = '' AND new.settle_date <> '' AND
  (new.row_id, new.order_id, new.cause, new.from_state, new.at, new.code, new.message, new.http_status, new.actor, new.reason,
   new.pay_seq_id, new.target_order_id, new.target_sys, new.pay_time, new.pay_detail, new.card_attr,
   new.completed_fen, new.buyer_fen, new.invoice_fen, new.discount_fen) =
  (old.row_id, old.order_id, old.cause, old.from_state, old.at, old.code, old.message, old.http_status, old.actor, old.reason,
   old.pay_seq_id, old.target_order_id, old.target_sys, old.pay_time, old.pay_detail, old.card_attr,
   old.completed_fen, old.buyer_fen, old.invoice_fen, old.discount_fen))
BEGIN SELECT RAISE(ABORT, 'results are only appended'); END;

-- A second person's release of a batch: bound to the file as it was imported,
-- for a time. A batch may be released again.
CREATE TABLE approval (
  id         INTEGER PRIMARY KEY,
  file_id    INTEGER NOT NULL REFERENCES file(id),
  sha256     TEXT    NOT NULL,
  rows       INTEGER NOT NULL,
  fen        INTEGER NOT NULL,
  actor      TEXT    NOT NULL CHECK (actor <> ''),
  at         INTEGER NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at > at)
) STRICT;

CREATE INDEX approval_file ON approval(file_id);

CREATE TRIGGER approval_bound BEFORE INSERT ON approval
WHEN NOT EXISTS (SELECT 1 FROM file WHERE id = new.file_id AND sha256 = new.sha256 AND rows = new.rows AND fen = new.fen)
BEGIN SELECT RAISE(ABORT, 'an approval is of a file as it was imported'); END;

CREATE TRIGGER approval_second BEFORE INSERT ON approval
WHEN (SELECT coalesce(json_extract(settings, '$.imported-by'), '') FROM file WHERE id = new.file_id) IN ('', new.actor)
BEGIN SELECT RAISE(ABORT, 'whoever imported a batch does not approve it'); END;

CREATE TRIGGER approval_keep BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approvals are only appended'); END;
CREATE TRIGGER approval_same BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'approvals are only appended'); END;
