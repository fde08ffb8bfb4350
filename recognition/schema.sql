-- The structure of recognition.db: every table, view and index. What tables and columns mean is in metadata.yml.
-- It is built with these tables, which are strict, and published without that word (build/any_sqlite.py). Everything else must
-- be what SQLite 3.31 knows, and views what DuckDB reads in the same way.
-- Dates are ISO text (2024-03-07). Keys are slugs (united-kingdom, nato); those of passages and counts are made of their words.
-- Beside a country is its code: `iso3` of country_id, else `<column>_iso3`; recognition/build/codes.py fills them in.

create table subject (
    country_id text primary key references countries (id),
    iso3 text,
    first_day text not null check (first_day glob '????-??-??'),
    first_act text not null,             -- what the subject did on that day, in words that follow its name
    default_rule text not null references rules (id),
    note text
) strict;

create table edition (
    number integer primary key check (number > 0),
    published_on text not null check (published_on glob '????-??-??'),
    known_until text not null check (known_until glob '????-??-??' and known_until <= published_on)  -- records were looked through until this day
) strict;

create table event_kinds (
    kind text primary key,
    position integer not null unique check (position > 0),
    claim integer not null check (claim in (0, 1)),  -- 1: somebody says by it whether a recognition stands
    said text,                           -- what the claimant did, behind its name; null where it is no act and no claim
    description text not null,
    check (claim = 0 or said is not null)
) strict, without rowid;
create table record_kinds (
    kind text primary key,
    position integer not null unique check (position > 0),
    said text not null,                  -- behind 'words of'
    speaks text not null check (speaks in ('itself', 'side', 'other')),  -- the state itself, one of the two sides, or another
    description text not null
) strict, without rowid;

create table status_kinds (
    status text primary key,
    position integer not null unique check (position > 0),
    description text not null
) strict, without rowid;

create table sources (
    id text primary key,
    file text not null unique,           -- in sources/
    title text not null,
    publisher text not null,
    url text,                            -- null for what is made in this project
    licence text not null,
    sha256 text not null check (length(sha256) = 64),
    lines integer not null check (lines > 0),
    written_after text check (written_after glob '????-??-??'),   -- only the article: its day is known between two dates
    written_before text check (written_before glob '????-??-??'),
    note text
) strict;

create table sections (
    id text primary key,
    title text not null,
    parent_id text references sections (id),
    position integer not null unique check (position > 0),
    level integer not null check (level >= 0),
    first_line integer not null unique check (first_line > 0)
) strict;

create table passages (
    id text primary key check (id <> '' and id not glob '*[^a-z0-9-]*'),  -- its words; they stay when other lines move
    source_id text not null references sources (id),
    section_id text not null references sections (id),
    kind text not null check (kind in (
        'title', 'heading', 'contents', 'paragraph', 'image', 'table header', 'recognition', 'statement', 'member list')),
    first_line integer not null unique check (first_line > 0),  -- its place in this edition
    last_line integer not null check (last_line >= first_line),
    text text not null check (text <> '')
) strict;

create table countries (
    id text primary key,
    number integer not null unique,      -- the row of the full-text index; rowids may change, this does not
    name text not null unique,
    sort_name text not null,             -- the name in lowercase without accents, by which lists are ordered
    name_in_sentence text not null,      -- with 'the' where English wants it, as before the names of island groups
    iso2 text unique check (length(iso2) = 2),
    iso3 text unique check (length(iso3) = 3),
    flag text,                           -- the two letters of iso2 as a flag
    kind text not null check (kind in (
        'UN member', 'UN observer', 'non-UN country', 'territory', 'other group', 'subject')),
    region text not null check (region in ('Africa', 'Americas', 'Asia', 'Europe', 'Oceania')),
    subregion text not null,
    un_member integer not null check (un_member = (kind = 'UN member')),
    status text references status_kinds (status),  -- null: the subject
    recognised_on text check (recognised_on glob '????-??-??'),
    withdrawn_on text check (withdrawn_on >= recognised_on),
    status_in_article text references status_kinds (status),  -- the same under rule 'article'
    recognised_on_in_article text check (recognised_on_in_article glob '????-??-??'),  -- as the article prints them
    withdrawn_on_in_article text check (withdrawn_on_in_article >= recognised_on_in_article),
    represented_by text references countries (id),  -- a territory has the status of this state
    represented_by_iso3 text,
    organisations text not null check (json_valid(organisations)),
    position text,                       -- its statement in the article, if it has one
    names text not null,                 -- its English names, joined by ' · '; all of them are in country_names
    note text,
    check ((status is null) = (kind = 'subject')),
    check ((status_in_article is null) = (kind = 'subject')),
    check ((represented_by is null) = (kind <> 'territory'))
) strict;

create table country_names (
    country_id text not null references countries (id),
    iso3 text,
    name text not null,
    kind text not null check (kind in (
        'main', 'official', 'short', 'former', 'alternative', 'spelling', 'adjective', 'local', 'everyday', 'local official',
        'nationality', 'capital', 'part', 'code', 'number')),  -- the last five lead to it, and it is not called so
    language text,                       -- languages of a local name, as CLDR names them: 'sr mk ru'
    source_id text not null references sources (id),
    primary key (country_id, name)
) strict, without rowid;
create unique index country_names_name on country_names (name) where kind not in ('nationality', 'capital', 'part', 'code', 'number');

create table recognitions (
    id text primary key check (id = country_id),
    list text not null check (list in ('un', 'non_un', 'withdrawn')),
    ordinal integer not null check (ordinal > 0),
    printed_number text,                 -- as printed: '2–8', null where the cell is empty
    country_id text not null references countries (id),
    iso3 text,
    recognised_on text not null check (recognised_on glob '????-??-??'),
    year integer not null check (year = cast(substr(recognised_on, 1, 4) as integer)),
    withdrawn_on text check (withdrawn_on >= recognised_on),
    name_basis text not null check (name_basis in ('record', 'order', 'elimination', 'printed')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    order_known integer not null check (order_known in (0, 1)),  -- 0: shares its date, the order inside is not recoverable
    date_evidence text not null check (date_evidence in ('exact', 'near', 'other event', 'order only', 'none')),
    withdrawal_date_evidence text check (withdrawal_date_evidence in ('exact', 'near', 'other event', 'order only', 'none')),
    other_recognised_on text check (other_recognised_on glob '????-??-??'),
    other_withdrawn_on text check (other_withdrawn_on glob '????-??-??'),
    stronger_recognised_on text check (stronger_recognised_on in ('article', 'record', 'open')),  -- whose day has the stronger records
    stronger_withdrawn_on text check (stronger_withdrawn_on in ('article', 'record', 'open')),
    note text,
    passage_id text not null references passages (id),
    date_passage_id text not null references passages (id),  -- where the date is printed, for rows below a shared date
    unique (list, ordinal),
    unique (list, country_id),
    check ((withdrawn_on is not null) = (list = 'withdrawn')),
    check ((withdrawn_on is null) = (withdrawal_date_evidence is null)),
    check ((other_recognised_on is null) = (stronger_recognised_on is null)),
    check ((other_withdrawn_on is null) = (stronger_withdrawn_on is null))
) strict;
create index recognitions_country on recognitions (country_id);

create table positions (
    id text primary key check (id = coalesce(country_id, organisation_id)),
    number integer not null unique,      -- its place among the statements; the row of the full-text index
    title text not null,                 -- the name of the country or organisation
    country_id text references countries (id),
    iso3 text,
    organisation_id text references organisations (id),
    list text not null check (list in ('not_recognising', 'other_groups', 'organisations')),
    ordinal integer not null check (ordinal > 0),
    text text not null,
    named_as text not null,              -- the words of the article that say whose position it is
    themes text not null check (json_valid(themes)),
    passage_id text not null references passages (id),
    unique (list, ordinal),
    check ((country_id is null) <> (organisation_id is null))
) strict;
create unique index positions_country on positions (country_id);
create unique index positions_organisation on positions (organisation_id);

create table question_forms (
    position integer primary key,        -- of the forms that fit a question the first answers
    kind text not null,
    language text not null check (language glob '[a-z][a-z]'),
    pattern text not null unique,
    example text not null unique
) strict;
create table question_phrases (
    id text primary key,
    pattern text not null                -- as in question_forms; other phrases may be in it
) strict, without rowid;

create table themes (
    id text primary key,
    title text not null unique,
    description text not null
) strict;

create table position_themes (
    position_id text not null references positions (id),
    theme_id text not null references themes (id),
    quote text not null,                 -- words of the statement, to the letter
    note text,
    primary key (position_id, theme_id)
) strict, without rowid;

create table headings (
    id text primary key,
    position integer not null unique check (position > 0),
    title text not null unique
) strict, without rowid;

create table organisations (
    id text primary key,
    number integer not null unique,      -- the row of the full-text index; those of the article come first
    name text not null unique,
    name_in_sentence text not null,      -- with 'the' where English wants it
    abbreviation text,
    kind text not null check (kind in ('organisation', 'body', 'forum', 'area', 'region', 'group')),
    heading text not null references headings (id),
    in_article integer not null check (in_article in (0, 1)),
    area text unique check ((area is not null) = (kind = 'region')),  -- a region of the UN's M49 standard
    names text not null,
    kosovo_membership text not null check (kosovo_membership in (
        'member', 'seeks membership', 'not a member', 'not stated')),
    kosovo_since text check (kosovo_since glob '????'),
    kosovo_quote text,                   -- the article's words for it
    position text,
    tally text,                          -- members that recognise under the default rule, '22 of 27'; null: no members
    note text,
    check ((kosovo_quote is null) = (kosovo_membership = 'not stated'))
) strict;

create table organisation_names (
    organisation_id text not null references organisations (id),
    name text not null,
    kind text not null check (kind in (
        'main', 'abbreviation', 'official', 'short', 'former', 'alternative', 'spelling', 'printed', 'local')),
    primary key (organisation_id, name)
) strict, without rowid;
create unique index organisation_names_name on organisation_names (name);

-- A state that left and came back has a row for each time. Who takes part without being counted is in participations.
create table memberships (
    organisation_id text not null references organisations (id),
    country_id text not null references countries (id),
    iso3 text,
    period integer not null default 1 check (period > 0),  -- 1: its first time; 2: after it came back
    role text not null check (role in ('member', 'permanent member')),
    basis text not null check (basis in ('article', 'register', 'record', 'general knowledge')),
    marker text check (marker in ('†', '‡')),
    since text check (since glob '????-??-??'),   -- null: a member on the subject's first day already
    until text check (until > since),             -- the first day on which it was no member; null: still one
    record_id text references records (id),
    general_knowledge text check (general_knowledge in ('day', 'all')),  -- what rests on it, and on no document
    citation text,                       -- its record, or the act, in words
    note text,
    passage_id text references passages (id),
    primary key (organisation_id, country_id, period),
    check ((basis = 'article') = (passage_id is not null))
) strict, without rowid;
create index memberships_country on memberships (country_id);

create table participations (
    organisation_id text not null references organisations (id),
    country_id text not null references countries (id),
    iso3 text,
    role text not null check (role in ('associate', 'participant', 'invited', 'subject')),
    since text check (since glob '????-??-??'),   -- null: on the subject's first day already
    until text check (until > since),             -- the first day on which it was over; null: it still is
    record_id text references records (id),
    general_knowledge text check (general_knowledge in ('day', 'all')),
    citation text not null,
    note text,
    primary key (organisation_id, country_id)
) strict, without rowid;
create index participations_country on participations (country_id);

create table suspensions (
    organisation_id text not null references organisations (id),
    country_id text not null references countries (id),
    iso3 text,
    since text not null check (since glob '????' or since glob '????-??' or since glob '????-??-??'),
    until text check (until glob '????' or until glob '????-??' or until glob '????-??-??'),  -- null: it still is
    kind text not null check (kind in (
        'suspended', 'partially suspended', 'excluded', 'does not take part', 'disputed membership', 'participation frozen',
        'not invited')),
    precision text not null check (precision in ('day', 'month', 'year')),
    record_id text references records (id),       -- null: all of it is general knowledge
    general_knowledge text check (general_knowledge in ('day', 'all')),
    citation text not null,              -- the same in words
    note text,
    primary key (organisation_id, country_id, since),
    check ((record_id is null) = (coalesce(general_knowledge, '') = 'all'))
) strict, without rowid;

create table marks (
    mark text primary key,
    meaning text not null,
    effect text not null check (effect in ('recognises', 'represented')),
    evidence text not null
) strict, without rowid;

create table stated_figures (
    id text primary key,                 -- what it is about and its words: eu-member-states-22-27
    kind text not null check (kind in (
        'stated count', 'share', 'total', 'vote', 'threshold', 'percentage', 'resolution', 'other')),
    label text,
    first integer,
    total integer,
    organisation_id text references organisations (id),
    quote text not null,
    passage_id text not null references passages (id)
) strict;

create table records (
    id text primary key,
    publisher text not null check (publisher <> ''),
    title text not null check (title <> ''),  -- in brackets where it is ours
    published_on text check (published_on glob '????' or published_on glob '????-??' or published_on glob '????-??-??'),
    language text not null check (language glob '[a-z][a-z]'),
    url text unique,                     -- null where it has no lasting address
    citation text not null               -- all of this in a line
) strict;

create table events (
    id text primary key,
    position integer not null unique check (position > 0),  -- by day; an answer comes after what it answers
    country_id text references countries (id),   -- null where it is about no single country
    iso3 text,
    kind text not null references event_kinds (kind),
    title text not null,                 -- what happened, with its country and its date
    date text check (date glob '????' or date glob '????-??' or date glob '????-??-??'),
    date_precision text not null check (
        date_precision = case length(date) when 10 then 'day' when 7 then 'month' when 4 then 'year' else 'unknown' end),
    earliest_day text check (earliest_day glob '????-??-??'),  -- first and last day that the date can mean
    latest_day text check (latest_day glob '????-??-??' and latest_day >= earliest_day),
    other_date text check (other_date glob '????-??-??'),  -- that other records give for the same act
    stronger_date text check (stronger_date in ('article', 'record', 'open')),  -- which of the two has the stronger records
    counts_from text check (counts_from glob '????-??-??' and counts_from >= date),  -- first day on which it has certainly happened
    claimant text not null,              -- who says so: a country, an organisation, unnamed reports, the article
    claimant_iso3 text,
    answers text references events (id),
    dated_by text references events (id),  -- by which records give the day of what the article tells without one
    source_id text not null references sources (id),
    updates integer not null check (updates = (source_id = 'updates')),  -- 1: happened after the article, or is not in it
    passage_id text references passages (id),
    quote text,
    records text not null check (json_valid(records)),  -- keys, as in event_records
    citation text,                       -- its records in words; null where it has none
    note text,
    check ((date is null) = (counts_from is null)),
    check ((other_date is null) = (stronger_date is null)),
    check ((date is null) = (earliest_day is null) and (date is null) = (latest_day is null)),
    check ((passage_id is null) = (quote is null)),
    check (passage_id is not null or citation is not null)
) strict;
create index events_country on events (country_id, counts_from);
create index events_answers on events (answers);

-- The countries of a group of which a whole event without a country speaks: 'none of the nine'.
create table event_countries (
    event_id text not null references events (id),
    country_id text not null references countries (id),
    iso3 text,
    answers text references events (id),  -- the event on this country that is answered
    note text,
    primary key (event_id, country_id)
) strict, without rowid;
create index event_countries_country on event_countries (country_id);

create table event_records (
    event_id text not null references events (id),
    record_id text not null references records (id),
    position integer not null check (position > 0),  -- the strongest of an event is the first
    kind text not null references record_kinds (kind),
    says text,
    day text check (day glob '????' or day glob '????-??' or day glob '????-??-??'),  -- that the record gives for the event
    words text,                          -- the record's own, only where the wording is the fact
    translation text,
    primary key (event_id, record_id),
    check (translation is null or words is not null)
) strict, without rowid;
create index event_records_record on event_records (record_id);

create table rules (
    id text primary key,
    position integer not null unique,
    title text not null unique,
    description text not null,
    updates integer not null check (updates in (0, 1)),   -- 1: counts what happened after the article too
    side text references countries (id), -- the country whose own list it follows
    side_iso3 text,
    on_line integer not null check (on_line in (0, 1))    -- 1: the front page's line of numbers shows it
) strict;
create table rule_effects (
    number integer primary key,
    rule_id text not null references rules (id),
    event_kind text not null references event_kinds (kind),
    country_id text references countries (id),   -- null: every country of which no other row speaks
    iso3 text,
    claimant text,                       -- null: everybody of whom no other row speaks
    claimant_iso3 text,
    from_status text not null references status_kinds (status),
    status text not null references status_kinds (status),  -- the same as before: the event changes nothing
    note text,
    unique (rule_id, event_kind, country_id, claimant, from_status)
) strict;

create table statuses (
    rule_id text not null references rules (id),
    country_id text not null references countries (id),
    iso3 text,
    status text not null references status_kinds (status),
    since text not null check (since glob '????-??-??'),
    until text check (until > since),    -- first day of the next status; null: still so
    event_id text references events (id),  -- the event behind it; null: none yet
    primary key (rule_id, country_id, since)
) strict, without rowid;
create index statuses_country on statuses (country_id);

create table tally_history (
    rule_id text not null references rules (id),
    organisation_id text not null references organisations (id),
    since text not null check (since glob '????-??-??'),
    until text check (until > since),
    members integer not null check (members = recognising + withdrawn + contested + not_recognising),
    recognising integer not null check (recognising >= 0),
    withdrawn integer not null check (withdrawn >= 0),
    contested integer not null check (contested >= 0),
    not_recognising integer not null check (not_recognising >= 0),
    primary key (rule_id, organisation_id, since)
) strict, without rowid;

create table published_counts (
    id text primary key,
    organisation_id text not null references organisations (id),
    group_is text not null check (group_is in ('said', 'inferred')),  -- whether the words name the group
    recognising integer not null check (recognising >= 0),
    not_recognising integer check (not_recognising >= 0),  -- what was given with it: how many do not, and whose stance is not clear
    unclear integer check (unclear >= 0),
    total integer check (total >= recognising),
    as_of text check (as_of glob '????' or as_of glob '????-??' or as_of glob '????-??-??'),  -- the day that the number is of
    published_on text check (published_on glob '????' or published_on glob '????-??' or published_on glob '????-??-??'),
    printed_from text check (printed_from glob '????-??-??'),  -- the days between which it was printed, where published_on does not tell
    printed_until text check (printed_until glob '????-??-??' and printed_until >= coalesce(printed_from, '')),
    earliest_day text check (earliest_day glob '????-??-??'),  -- the window in which it is held against the rules; null: not datable
    latest_day text check (latest_day >= earliest_day),
    publisher text not null,
    speaker text references countries (id),  -- the state whose own government gave the number; null: others say it
    speaker_iso3 text,
    follows text references rules (id),  -- the rule by which its publisher counts, where records show it
    by_accident integer not null check (by_accident in (0, 1)),  -- 1: agrees with a rule by which its publisher did not count
    source_id text not null references sources (id),
    passage_id text references passages (id),
    quote text,
    record_id text references records (id),
    citation text,                       -- its record in words
    note text,
    check ((earliest_day is null) = (latest_day is null)),
    check ((record_id is null) = (citation is null)),
    check ((passage_id is null) <> (record_id is null))
) strict;

create table votes (
    id text primary key,
    body text not null,
    organisation_id text references organisations (id),
    held_on text not null check (held_on glob '????-??-??'),
    question text not null,              -- a clause that begins with 'to'
    moved_by text references countries (id),
    moved_by_iso3 text,
    choice_for_kosovo text not null check (choice_for_kosovo in ('for', 'against')),
    result text not null,
    announced_for integer check (announced_for >= 0),
    announced_against integer check (announced_against >= 0),
    announced_abstained integer check (announced_abstained >= 0),
    announced_absent integer check (announced_absent >= 0),
    adopted integer not null check (adopted in (0, 1)),
    complete integer not null check (complete in (0, 1)),  -- 1: every choice is known by state
    choices_told_by text,                -- who told how each voted, where the body published no list
    record_id text not null references records (id),
    citation text not null,
    note text
) strict;

create table vote_choices (
    vote_id text not null references votes (id),
    country_id text not null references countries (id),
    iso3 text,
    choice text not null check (choice in ('for', 'against', 'abstained', 'absent')),
    record_id text not null references records (id),
    note text,
    primary key (vote_id, country_id)
) strict, without rowid;
create index vote_choices_country on vote_choices (country_id);

create table vote_members (
    vote_id text not null references votes (id),
    country_id text not null references countries (id),
    iso3 text,
    members_for integer check (members_for >= 0),
    members_against integer check (members_against >= 0),
    members_abstaining integer check (members_abstaining >= 0),
    record_id text not null references records (id),
    note text,
    primary key (vote_id, country_id)
) strict, without rowid;

create table mentions (
    country_id text not null references countries (id),
    iso3 text,
    passage_id text not null references passages (id),
    named_as text not null,              -- as printed, the first time
    times integer not null check (times > 0),
    primary key (country_id, passage_id)
) strict, without rowid;
create index mentions_passage on mentions (passage_id);

create table former_keys (
    table_name text not null,
    former text not null,
    key text not null,
    primary key (table_name, former)
) strict, without rowid;

-- What an earlier edition told otherwise. `new` is what the row has now, unless a later edition corrected it again.
create table corrections (
    since_edition integer not null check (since_edition > 1),
    table_name text not null,
    row_key text not null,
    column_name text not null,
    old text,
    new text,
    why text not null,
    record_id text references records (id),
    primary key (since_edition, table_name, row_key, column_name),
    check (old is not new)
) strict, without rowid;

create table shapes (
    number integer primary key,
    country_id text references countries (id),   -- null: land
    kind text not null check (kind in ('land', 'shape', 'symbol')),
    d text check (d glob 'm*z' and d not glob '*[^mz0-9 -]*'),  -- SVG path data; null: a circle
    x integer check (x >= 0),
    y integer check (y >= 0),
    r integer check (r > 0),
    unique (country_id, kind),
    check ((country_id is null) = (kind = 'land')),
    check ((kind = 'symbol') = (d is null)),
    check ((kind = 'symbol') = (x is not null and y is not null and r is not null))
) strict;

create table audit (
    id text primary key,
    title text not null,
    outcome text not null check (outcome in ('agrees', 'differs', 'restored', 'lost', 'unusual')),
    finding text not null,
    country_id text references countries (id),
    iso3 text,
    organisation_id text references organisations (id),
    passage_id text references passages (id)
) strict;

-- Today, as ISO text. The views below take it from here, so that it can be set in one place: SQLite lets a program
-- replace its function current_date. The cast is for DuckDB, whose dates are no text.
create view today as select cast(current_date as text) as day;

-- Intervals of memberships and of statuses, each cut to the other.
create view member_statuses as
select s.rule_id, m.organisation_id, m.country_id, s.iso3, s.status,
       case when m.since > s.since then m.since else s.since end as since,
       case when m.until < coalesce(s.until, '9999-12-31') then m.until else coalesce(s.until, '9999-12-31') end as until,
       s.event_id
from memberships m join statuses s on s.country_id = m.country_id
where (m.since is null or s.until is null or m.since < s.until) and (m.until is null or s.since < m.until);

-- Who said when whether a recognition stands. A claim has certainly not been made before `not_before`: its earliest day,
-- or that of what it answers. Among the claims on one country the newest is that with the latest of these days. A claim is
-- `named` where somebody is named who made it, and `overtaken_on` the day from which the state has recognised since. What is
-- said of each state of a group is a claim on each; `dated_by` is the event by which records give the day of one without.
create view claims as
with about as (
    select country_id, id as event_id, answers from events where country_id is not null
    union all select country_id, event_id, answers from event_countries)
select b.country_id, c.iso3, e.id as event_id, e.kind, k.said, e.claimant, e.claimant_iso3, case when e.claimant = c.name then 1 else 0 end as by_itself,
       case when e.claimant in ('unnamed reports', 'the article') then 0 else 1 end as named, e.date, case when a.earliest_day > coalesce(e.earliest_day, '') then a.earliest_day else e.earliest_day end as not_before,
       e.counts_from, (select min(r.counts_from) from events r where r.country_id = b.country_id and r.kind = 'recognition'
                       and r.counts_from > e.counts_from) as overtaken_on, e.position, e.dated_by
from about b join events e on e.id = b.event_id join event_kinds k on k.kind = e.kind and k.claim = 1
join countries c on c.id = b.country_id left join events a on a.id = b.answers;

-- The newest dated claim on each recognition, unless the state has recognised since; what is only retold is the last word
-- where nobody is named at all.
create view last_words as
select country_id, iso3, event_id, kind, claimant, claimant_iso3, by_itself, date
from (select c.*, row_number() over (partition by country_id order by named desc, not_before desc, position desc) as place
      from claims c where date is not null and overtaken_on is null) w
where place = 1;

create view members_today as
select s.organisation_id, o.name as organisation, s.country_id, c.iso3, c.name as country, m.role, m.marker,
       s.status, c.recognised_on, c.withdrawn_on, c.position
from subject join member_statuses s on s.rule_id = subject.default_rule
join today on s.since <= today.day and today.day < s.until
join memberships m on m.organisation_id = s.organisation_id and m.country_id = s.country_id
  and (m.since is null or m.since <= today.day) and (m.until is null or today.day < m.until)
join organisations o on o.id = s.organisation_id
join countries c on c.id = s.country_id;

create view tallies as
select t.rule_id, t.organisation_id, t.members, t.recognising, t.withdrawn, t.contested, t.not_recognising,
       round(1.0 * t.recognising / t.members, 4) as share
from tally_history t join today on t.since <= today.day and (today.day < t.until or t.until is null);

-- Each datable count beside what each rule counts on the day of its window on which the two come nearest, the first of
-- such days. A count of all states is held against the members of the UN too: its words leave open which it means.
create table count_ledger (
    count_id text not null references published_counts (id),
    rule_id text not null references rules (id),
    organisation_id text not null references organisations (id),
    counted_on text not null check (counted_on glob '????-??-??'),
    published integer not null,
    counted integer not null,
    difference integer not null check (difference = published - counted),
    published_members integer,
    counted_members integer not null,
    primary key (count_id, rule_id, organisation_id)
) strict, without rowid;

-- How each count is explained: by the rule that its publisher follows or, where no record shows that, the one that comes
-- nearest; and what is left. Of two that come as near, the one in its own group is taken, then the first of the rules.
create view count_explanations as
with nearest as (
    select l.*, row_number() over (partition by l.count_id order by
               l.rule_id = coalesce(p.follows, l.rule_id) desc, abs(l.difference), l.organisation_id = p.organisation_id desc,
               r.position) as place
    from count_ledger l join published_counts p on p.id = l.count_id join rules r on r.id = l.rule_id)
select p.id as count_id, n.rule_id, case when p.follows is not null then 'follows' when n.rule_id is not null then 'nearest' end as basis,
       n.organisation_id, n.counted_on, p.recognising as published, n.counted, n.difference as unexplained,
       case when n.count_id is null then 'not datable' when p.by_accident = 1 then 'agrees by accident'
            when n.difference = 0 then 'reproduced' else 'not reproduced' end as outcome,
       (select max(j.rule_ids) from (
            select group_concat(d.rule_id) over (order by d.rule_id rows between unbounded preceding and unbounded following) as rule_ids
            from (select distinct a.rule_id from count_ledger a where a.count_id = p.id and a.difference = 0) d) j) as agreeing_rules
from published_counts p left join nearest n on n.count_id = p.id and n.place = 1;

create view count_audit as
select p.id, p.organisation_id, p.publisher, p.as_of, p.published_on, p.recognising, p.total, l.rule_id,
       l.counted as counted_recognising, l.counted_members, l.difference,
       p.total - l.counted_members as total_difference, case when l.difference = 0 then 1 else 0 end as agrees,
       p.quote, p.passage_id, p.citation
from published_counts p join count_ledger l on l.count_id = p.id and l.rule_id = 'article'
  and l.organisation_id = p.organisation_id;

create table search_items (
    number integer primary key,
    kind text not null check (kind in (
        'country', 'organisation', 'statement', 'passage', 'event', 'count', 'vote', 'query', 'page')),
    id text not null,
    url text not null,
    title text not null,
    names text not null,                 -- other names that lead to it
    body text not null,
    country_id text references countries (id),
    organisation_id text references organisations (id),
    unique (kind, id)
) strict;
create index search_items_country on search_items (country_id);
create index search_items_organisation on search_items (organisation_id);

create table search_names (
    number integer primary key,
    name text not null,
    joined text not null check (joined <> ''),  -- its letters and digits alone, without accents
    item integer not null references search_items (number)
) strict;
create index search_names_joined on search_names (joined);

create table search_words (
    word text primary key,
    times integer not null check (times > 0)
) strict, without rowid;

-- The names of a country are joined in their order by a window: without one DuckDB joins them in any.
create view countries_indexed as
select c.number, c.name, (
           select max(j.names) from (
               select group_concat(n.name, ' · ') over (
                   order by n.name rows between unbounded preceding and unbounded following) as names
               from country_names n where n.country_id = c.id and n.kind <> 'number') j)
       || coalesce(' · ' || c.iso2 || ' · ' || c.iso3, '') as names, c.position
from countries c;
create view positions_indexed as
select p.number, p.title, p.text, coalesce(c.names, o.names) as names
from positions p left join countries_indexed c on c.number = (select number from countries where id = p.country_id)
left join organisations o on o.id = p.organisation_id;

-- Full-text indexes: of four tables, and 'search' over everything. What they index is in double quotes: by that sqlite-utils
-- and Datasette find the index of a table. They look for its rows by rowid, which is therefore what content_rowid says.
create virtual table countries_fts using fts5 (
    name, names, position, content="countries_indexed", content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table positions_fts using fts5 (
    title, text, names, content="positions_indexed", content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table passages_fts using fts5 (
    text, content="passages", content_rowid='first_line',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table organisations_fts using fts5 (
    name, abbreviation, names, position, content="organisations", content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table search using fts5 (
    kind unindexed, id unindexed, url unindexed, title, names, body, content="search_items", content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
