-- The structure of recognition.db: every table, view and index, and what each column means.
-- Dates are ISO text (2008-02-17). Keys are slugs (united-kingdom, nato); a passage's key is its first line.
-- metadata.yml says the same of every column for readers of the site; a test holds the two together.

-- The files that the database is built from.
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

-- The article's headings. Levels are inferred: the capture lost them.
create table sections (
    id text primary key,
    title text not null,
    parent_id text references sections (id),
    position integer not null unique check (position > 0),
    level integer not null check (level >= 0),
    first_line integer not null unique check (first_line > 0)
) strict;

-- Runs of lines that belong together; every line of the article that is not blank is in exactly one.
create table passages (
    id integer primary key check (id = first_line),
    source_id text not null references sources (id),
    section_id text not null references sections (id),
    kind text not null check (kind in (
        'title', 'heading', 'contents', 'paragraph', 'image', 'table header', 'recognition', 'statement', 'member list')),
    first_line integer not null check (first_line > 0),
    last_line integer not null check (last_line >= first_line),
    text text not null check (text <> '')
) strict;

-- States and entities that hold or are given a position. 'status' is that of rule 'article' today.
create table countries (
    id text primary key,
    number integer not null unique,      -- the row of the full-text index; rowids may change, this does not
    name text not null unique,
    iso2 text unique check (length(iso2) = 2),
    iso3 text unique check (length(iso3) = 3),
    flag text,                           -- the two letters of iso2 as a flag
    kind text not null check (kind in (
        'UN member', 'UN observer', 'non-UN country', 'territory', 'other group', 'subject')),
    region text not null check (region in ('Africa', 'Americas', 'Asia', 'Europe', 'Oceania')),
    subregion text not null,
    un_member integer not null check (un_member = (kind = 'UN member')),
    status text check (status in ('recognises', 'withdrew', 'contested', 'does not recognise')),  -- null: the subject
    recognised_on text check (recognised_on glob '????-??-??'),
    withdrawn_on text check (withdrawn_on >= recognised_on),
    represented_by text references countries (id),  -- a territory has the status of this state
    organisations text not null check (json_valid(organisations)),
    position text,                       -- its statement in the article, if it has one
    names text not null,                 -- every name that finds it, joined by ' · '
    note text,
    check ((status is null) = (kind = 'subject')),
    check ((represented_by is null) = (kind <> 'territory'))
) strict;

create table country_names (
    country_id text not null references countries (id),
    name text not null,
    kind text not null check (kind in ('main', 'official', 'short', 'former', 'alternative', 'spelling', 'adjective')),
    primary key (country_id, name)
) strict, without rowid;
create unique index country_names_name on country_names (name);

-- The rows of the article's three tables of recognitions. Their country cells were images: every name is restored.
create table recognitions (
    id text primary key,                 -- list and ordinal: un-1, withdrawn-10
    list text not null check (list in ('un', 'non_un', 'withdrawn')),
    ordinal integer not null check (ordinal > 0),
    printed_number text,                 -- as printed: '2–8', null where the cell is empty
    country_id text not null references countries (id),
    recognised_on text not null check (recognised_on glob '????-??-??'),
    year integer not null check (year = cast(substr(recognised_on, 1, 4) as integer)),
    withdrawn_on text check (withdrawn_on >= recognised_on),
    name_basis text not null check (name_basis in ('record', 'order', 'elimination')),
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    order_known integer not null check (order_known in (0, 1)),  -- 0: shares its date, the order inside is not recoverable
    date_evidence text not null check (date_evidence in ('exact', 'near', 'other event', 'order only', 'none')),
    other_recognised_on text check (other_recognised_on glob '????-??-??'),
    other_withdrawn_on text check (other_withdrawn_on glob '????-??-??'),
    citation text not null,
    note text,
    passage_id integer not null references passages (id),
    date_passage_id integer not null references passages (id),  -- where the date is printed, for rows below a shared date
    unique (list, ordinal),
    unique (list, country_id),
    check ((withdrawn_on is not null) = (list = 'withdrawn'))
) strict;
create index recognitions_country on recognitions (country_id);

-- What the article says that a country or an organisation says.
create table positions (
    id integer primary key,
    title text not null,                 -- the name of the country or organisation
    country_id text references countries (id),
    organisation_id text references organisations (id),
    list text not null check (list in ('not_recognising', 'other_groups', 'organisations')),
    ordinal integer not null check (ordinal > 0),
    text text not null,
    named_as text not null,              -- the words of the article that say whose position it is
    themes text not null check (json_valid(themes)),
    passage_id integer not null references passages (id),
    unique (list, ordinal),
    check ((country_id is null) <> (organisation_id is null))
) strict;
create unique index positions_country on positions (country_id);
create unique index positions_organisation on positions (organisation_id);

create table themes (
    id text primary key,
    title text not null unique,
    description text not null
) strict;

-- Why a position has a theme: the words that were found in it.
create table position_themes (
    position_id integer not null references positions (id),
    theme_id text not null references themes (id),
    words text not null,
    primary key (position_id, theme_id)
) strict, without rowid;

create table organisations (
    id text primary key,
    number integer not null unique,      -- the row of the full-text index
    name text not null unique,
    abbreviation text,
    kind text not null check (kind in ('organisation', 'body', 'group')),
    names text not null,
    kosovo_membership text not null check (kosovo_membership in (
        'member', 'seeks membership', 'not a member', 'not stated')),
    kosovo_since text check (kosovo_since glob '????'),
    kosovo_quote text,                   -- the article's words for it
    position text,
    note text,
    check ((kosovo_quote is null) = (kosovo_membership = 'not stated'))
) strict;

create table memberships (
    organisation_id text not null references organisations (id),
    country_id text not null references countries (id),
    role text not null check (role in ('member', 'permanent member')),
    basis text not null check (basis in ('article', 'register', 'record')),
    marker text check (marker in ('†', '‡')),
    since text check (since glob '????-??-??'),   -- null: a member on 17 February 2008 already
    until text check (until > since),             -- the first day on which it was no member; null: still one
    citation text,
    note text,
    passage_id integer references passages (id),
    primary key (organisation_id, country_id),
    check ((basis = 'article') = (passage_id is not null))
) strict, without rowid;
create index memberships_country on memberships (country_id);

create table marks (
    mark text primary key,
    meaning text not null,
    effect text not null check (effect in ('recognises', 'represented')),
    evidence text not null
) strict, without rowid;

-- Every number that a sentence of the article states, other than dates.
create table stated_figures (
    id integer primary key,
    kind text not null check (kind in (
        'stated count', 'share', 'total', 'vote', 'threshold', 'percentage', 'resolution', 'other')),
    label text,
    first integer,
    total integer,
    organisation_id text references organisations (id),
    quote text not null,
    passage_id integer not null references passages (id)
) strict;

-- Counts of recognising states that somebody printed, the article included.
create table published_counts (
    id text primary key,
    organisation_id text not null references organisations (id),
    recognising integer not null check (recognising >= 0),
    total integer check (total >= recognising),
    published_on text check (published_on glob '????-??-??'),  -- null for the article, whose day is not known
    publisher text not null,
    source_id text not null references sources (id),
    passage_id integer references passages (id),
    quote text,
    citation text,
    check (passage_id is not null or citation is not null)
) strict;

-- Where a sentence of the article names a country (tables and member lists are rows of their own).
create table mentions (
    country_id text not null references countries (id),
    passage_id integer not null references passages (id),
    named_as text not null,              -- as printed, the first time
    times integer not null check (times > 0),
    primary key (country_id, passage_id)
) strict, without rowid;
create index mentions_passage on mentions (passage_id);

-- What the build knows of the article's oddities: what agrees, what differs, what was restored, what the capture lost.
create table audit (
    id text primary key,
    title text not null,
    outcome text not null check (outcome in ('agrees', 'differs', 'restored', 'lost', 'unusual')),
    finding text not null,
    country_id text references countries (id),
    organisation_id text references organisations (id),
    passage_id integer references passages (id)
) strict;

-- The members of each organisation on the day the article was written, with their status under rule 'article'.
create view members_today as
select m.organisation_id, o.name as organisation, m.country_id, c.name as country, m.role, m.marker,
       c.status, c.recognised_on, c.withdrawn_on, c.position
from memberships m
join organisations o on o.id = m.organisation_id
join countries c on c.id = m.country_id
where m.until is null;

-- Published counts held against what the article's own tables give for the members on its day.
create view count_audit as
select p.id, p.organisation_id, p.publisher, p.published_on, p.recognising, p.total,
       sum(m.status = 'recognises') as counted_recognising,
       count(*) as counted_members,
       p.recognising - sum(m.status = 'recognises') as difference,
       p.total - count(*) as total_difference,
       p.recognising = sum(m.status = 'recognises') as agrees,
       p.quote, p.passage_id
from published_counts p
join members_today m on m.organisation_id = p.organisation_id
group by p.id;

-- Full-text indexes. The first four are filled from their tables, 'search' holds everything and its own text.
create virtual table countries_fts using fts5 (
    name, names, position, content='countries', content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table positions_fts using fts5 (
    title, text, content='positions', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table passages_fts using fts5 (
    text, content='passages', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table organisations_fts using fts5 (
    name, abbreviation, names, position, content='organisations', content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
create virtual table search using fts5 (
    kind unindexed, id unindexed, url unindexed, title, names, body,
    tokenize='porter unicode61 remove_diacritics 2', prefix='2 3');
