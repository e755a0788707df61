PRAGMA application_id = 1751480418;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE reply (
    bot_id TEXT NOT NULL,
    about TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    kept_until INTEGER NOT NULL,
    PRIMARY KEY (bot_id, about)
  ) STRICT, WITHOUT ROWID;
INSERT INTO reply VALUES('1604089349832232960','1','begun','{"holder":"first","until":1790003600000,"since":1790000000000,"tries":[{"tweetId":"1790000000000000001","text":"I see a dog. 🐕","authorId":"7"},{"tweetId":"1790000000000000001","text":"I see a cat.","authorId":"7"}],"own":true}',1792592000000);
INSERT INTO reply VALUES('1604089349832232960','2','settled','{"outcome":{"kind":"replied","replyId":"8"},"at":1790000000000}',1792592000000);
CREATE TABLE budget_window (
    name TEXT PRIMARY KEY,
    sum INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO budget_window VALUES('author:7',3,1790003600000);
INSERT INTO budget_window VALUES('day',3,1790003600000);
CREATE TABLE budget_call (
    window TEXT NOT NULL REFERENCES budget_window (name) ON DELETE CASCADE,
    call TEXT NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (window, call)
  ) STRICT, WITHOUT ROWID;
INSERT INTO budget_call VALUES('author:7','reply:1',3);
INSERT INTO budget_call VALUES('day','reply:1',3);
CREATE TABLE kill_switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    owner TEXT,
    stopped TEXT,
    waits TEXT NOT NULL,
    strikes TEXT NOT NULL
  ) STRICT;
INSERT INTO kill_switch VALUES(1,'1604089349832232960','{"reason":"the account is locked","since":1790000000000}','{"mentions":1790003600000}','["1790000000000000004"]');
CREATE TABLE cursor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tweet_id TEXT NOT NULL,
    seen TEXT NOT NULL
  ) STRICT;
INSERT INTO cursor VALUES(1,'1790000000000000005','["1790000000000000002"]');
CREATE TABLE opt_out (
    user_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    is_out INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO opt_out VALUES('9',1790000000000,1);
CREATE TABLE session (
    request_token TEXT PRIMARY KEY,
    flow_secret_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    content TEXT
  ) STRICT, WITHOUT ROWID;
INSERT INTO session VALUES('token','hash',1790003600000,'{"requestSecret":"v1.test.BLTQSA7zbX79vjemP3Pu84VlVyT2mNSpBTRCsuzY8qoUZJ88YLItlIWkF1rxobbxrRjTtnY","follow":true,"message":false,"tracked":{"page":"/start"}}');
CREATE TABLE account (
    uid TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    access_token TEXT NOT NULL,
    access_secret TEXT NOT NULL,
    signed_in_at INTEGER NOT NULL,
    tracked TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO account VALUES('9007199254740993','ada','v1.test.sM9gi2N-O2K6UFSTOLsTPqSBC1IXsAKNck5ISVKe4iTTgnhQshq5tZaYUj4','v1.test.oVtozM422IBWLdpWmTtSUwMpVNgTx1CvWYcH8a2sPNnXayRAN5xHCbcUWbrz',1790000000000,'{"page":"/start"}');
CREATE TABLE blob (
    key TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
INSERT INTO blob VALUES('photos/7/1/0','image/jpeg',1790000000000,X'ffd8000102');
CREATE TABLE queue_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    receipt INTEGER NOT NULL DEFAULT 0,
    visible_at INTEGER NOT NULL
  ) STRICT;
INSERT INTO queue_item VALUES(2,'events','{"kind":"message","id":"1790000000000000003","botId":"1604089349832232960","senderId":"7","text":"stop \ud83d"}',0,0,1790000000000);
CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    receives INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
INSERT INTO dead_letter VALUES(1,'events','{"kind":"message","id":"1790000000000000003","botId":"1604089349832232960","senderId":"7","text":"stop \ud83d"}',1,'Error: the labeler is away',1790000000000);
CREATE TABLE mark (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO mark VALUES('gap',1790000000000);
INSERT INTO mark VALUES('polled',1790000000000);
INSERT INTO mark VALUES('restored',1790000000000);
CREATE TABLE journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tweet_id TEXT NOT NULL UNIQUE,
    author_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
INSERT INTO journal VALUES(1,'1790000000000000001','7',1790000000000,'{"username":"ada","kind":"replied","replyId":"8","cost":12000}');
CREATE TABLE journal_day (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
  ) STRICT, WITHOUT ROWID;
INSERT INTO journal_day VALUES('2026-09-21','replied',1,12000,1789948800000);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('queue_item',2);
INSERT INTO sqlite_sequence VALUES('journal',1);
CREATE INDEX reply_kept_until ON reply (kept_until);
CREATE INDEX reply_begun ON reply (kind) WHERE kind = 'begun';
CREATE INDEX budget_window_ends_at ON budget_window (ends_at);
CREATE INDEX session_expires_at ON session (expires_at);
CREATE INDEX blob_stored_at ON blob (stored_at);
CREATE INDEX queue_item_visible_at ON queue_item (queue, visible_at);
CREATE INDEX dead_letter_at ON dead_letter (at);
CREATE INDEX journal_author_id ON journal (author_id);
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_day_at ON journal_day (at);
COMMIT;
