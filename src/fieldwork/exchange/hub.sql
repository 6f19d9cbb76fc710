-- The hub of Fieldwork: PostgreSQL 15 or later. `fieldwork hub init` runs this file as fieldwork_owner,
-- who owns all of it and logs in nowhere. Running it again changes nothing.
--
-- Every laptop has a role of its own, a member of fieldwork_laptop, by whose name the rules below know
-- it (current_user): so a password, a client certificate or the organisation's own sign-on proves who
-- writes, and nothing that a client says about itself is believed. Bodies, payloads and letters are
-- sealed by the laptops: what stands here in clear is ids, numbers, sizes and times.

create table if not exists fieldwork.inspection (
    id bytea primary key check (octet_length(id) = 16),
    hub uuid not null default gen_random_uuid(),  -- a hub that was set up anew has another one
    format int not null default 1,
    made timestamptz not null default now()
);

create table if not exists fieldwork.laptop (
    role name not null,
    inspection bytea not null references fieldwork.inspection,
    device bytea not null check (octet_length(device) = 16),
    enrolled timestamptz not null default now(),
    access timestamptz,  -- when a password was made for it
    revoked timestamptz,
    primary key (role, device)
);
create index if not exists laptop_by_device on fieldwork.laptop (inspection, device);

create table if not exists fieldwork.entry (
    inspection bytea not null,
    device bytea not null,
    n int not null check (n >= 1),
    hash bytea not null check (octet_length(hash) = 32),
    previous bytea not null check (octet_length(previous) = 32),
    epoch bytea not null check (octet_length(epoch) = 8),
    body bytea not null check (octet_length(body) <= 128 << 20),
    at timestamptz not null default now(),
    primary key (inspection, hash)
);
create index if not exists entry_in_chain on fieldwork.entry (inspection, device, n) include (hash, previous);

create table if not exists fieldwork.payload (
    inspection bytea not null,
    device bytea not null,
    entry bytea not null,
    place int not null check (place >= -1),
    epoch bytea not null check (octet_length(epoch) = 8),
    body bytea not null check (octet_length(body) <= 128 << 20),
    primary key (inspection, entry, place)
);

-- signed heads, as a sealed letter from the laptop that pushed: what ends here, and what it holds
create table if not exists fieldwork.letter (
    no bigint generated always as identity,
    inspection bytea not null,
    device bytea not null,
    n int not null,
    entry bytea not null,
    epoch bytea not null check (octet_length(epoch) = 8),
    body bytea not null check (octet_length(body) <= 16 << 20),
    at timestamptz not null default now(),
    primary key (inspection, no)
);
create index if not exists letter_at_entry on fieldwork.letter (inspection, entry);
create index if not exists letter_by_device on fieldwork.letter (inspection, device, no);

create table if not exists fieldwork.erase (
    inspection bytea not null,
    device bytea not null,
    entry bytea not null,
    place int not null,
    role name not null default current_user,  -- a laptop may have had several names, and is one voice
    at timestamptz not null default now(),
    primary key (inspection, entry, place, role)
);

-- kept by the trigger alone: where each branch ends, and where one laptop's chain went two ways
create table if not exists fieldwork.tip (
    inspection bytea not null,
    device bytea not null,
    n int not null,
    hash bytea not null,
    primary key (inspection, hash)
);
create table if not exists fieldwork.fork (
    inspection bytea not null,
    device bytea not null,
    n int not null,
    hash bytea not null,
    at timestamptz not null default now(),
    primary key (inspection, hash)
);

create or replace function fieldwork.continue_chain() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    wrong record;
begin
    perform pg_advisory_xact_lock(hashtextextended(encode(d.device, 'hex'), 0))
    from (select distinct device from arrived order by device) d;
    select a.n into wrong
    from arrived a
    left join fieldwork.entry b
        on b.inspection = a.inspection and b.hash = a.previous and b.device = a.device and b.n = a.n - 1
    where not (a.n = 1 and a.previous = decode(repeat('00', 32), 'hex')) and b.hash is null
    order by a.n limit 1;
    if found then
        raise exception 'entry % does not continue the chain of its laptop', wrong.n using errcode = '23514';
    end if;
    insert into fieldwork.fork (inspection, device, n, hash)
    select a.inspection, a.device, a.n, a.hash
    from arrived a
    where exists (
        select from fieldwork.entry o
        where o.inspection = a.inspection and o.device = a.device and o.n = a.n
            and o.previous = a.previous and o.hash <> a.hash
    )
    on conflict do nothing;
    delete from fieldwork.tip t using arrived a where t.inspection = a.inspection and t.hash = a.previous;
    insert into fieldwork.tip (inspection, device, n, hash)
    select a.inspection, a.device, a.n, a.hash
    from arrived a
    where not exists (
        select from fieldwork.entry o
        where o.inspection = a.inspection and o.device = a.device and o.n = a.n + 1 and o.previous = a.hash
    )
    on conflict do nothing;
    return null;
end $$;

create or replace function fieldwork.belong_to_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (
        select from arrived a
        left join fieldwork.entry e
            on e.inspection = a.inspection and e.hash = a.entry and e.device = a.device
        where e.hash is null
    ) then
        raise exception 'it belongs to no entry of its laptop' using errcode = '23514';
    end if;
    return null;
end $$;

create or replace trigger continue_chain after insert on fieldwork.entry
    referencing new table as arrived for each statement execute function fieldwork.continue_chain();
create or replace trigger belong_to_entries after insert on fieldwork.payload
    referencing new table as arrived for each statement execute function fieldwork.belong_to_entries();
create or replace trigger belong_to_entries after insert on fieldwork.letter
    referencing new table as arrived for each statement execute function fieldwork.belong_to_entries();

-- a laptop whose file was put back or forked goes on under a new name: its role takes that name too
create or replace function fieldwork.go_on_as(successor bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    asking name := session_user;
    held bytea;
begin
    if current_setting('role') <> 'none' then
        asking := current_setting('role');
    end if;
    select l.inspection into held from fieldwork.laptop l where l.role = asking and l.revoked is null limit 1;
    if held is null
        or exists (
            select from fieldwork.laptop l
            where l.inspection = held and l.device = successor and (l.role <> asking or l.revoked is not null)
        )
        or (select count(*) from fieldwork.laptop l where l.role = asking) >= 100
    then
        raise exception 'this login cannot take that name' using errcode = '42501';
    end if;
    insert into fieldwork.laptop (role, inspection, device) values (asking, held, successor)
    on conflict do nothing;
end $$;

alter table fieldwork.inspection enable row level security;
alter table fieldwork.laptop enable row level security;
alter table fieldwork.entry enable row level security;
alter table fieldwork.payload enable row level security;
alter table fieldwork.letter enable row level security;
alter table fieldwork.erase enable row level security;
alter table fieldwork.tip enable row level security;
alter table fieldwork.fork enable row level security;

do $$
declare
    part text;
    mine constant text := '(select l.inspection from fieldwork.laptop l '
        'where l.role = current_user and l.revoked is null limit 1)';
    own constant text := '(inspection, device) in (select l.inspection, l.device from fieldwork.laptop l '
        'where l.role = current_user and l.revoked is null)';
begin
    foreach part in array array['laptop', 'inspection', 'entry', 'payload', 'letter', 'erase', 'tip', 'fork'] loop
        execute format('drop policy if exists reads on fieldwork.%I', part);
        execute format('drop policy if exists appends on fieldwork.%I', part);
        execute format('drop policy if exists erases on fieldwork.%I', part);
    end loop;
    create policy reads on fieldwork.laptop for select to fieldwork_laptop using (role = current_user);
    execute 'create policy reads on fieldwork.inspection for select to fieldwork_laptop using (id = ' || mine || ')';
    foreach part in array array['entry', 'payload', 'letter', 'erase', 'tip', 'fork'] loop
        execute format('create policy reads on fieldwork.%I for select to fieldwork_laptop using (inspection = %s)',
            part, mine);
    end loop;
    foreach part in array array['entry', 'payload', 'letter', 'erase'] loop
        execute format('create policy appends on fieldwork.%I for insert to fieldwork_laptop with check (%s)',
            part, own);
    end loop;
end $$;

-- the one thing that can go: words that their own laptop erased, or two laptops
create policy erases on fieldwork.payload for delete to fieldwork_laptop using (
    inspection = (
        select l.inspection from fieldwork.laptop l
        where l.role = current_user and l.revoked is null limit 1
    )
    and (
        exists (
            select from fieldwork.erase e
            where e.inspection = payload.inspection and e.entry = payload.entry
                and e.place = payload.place and e.device = payload.device
        )
        or (
            select count(*) from fieldwork.erase e
            where e.inspection = payload.inspection and e.entry = payload.entry and e.place = payload.place
        ) >= 2
    )
);

revoke all on schema fieldwork from public;
revoke all on all tables in schema fieldwork from public;
revoke all on all functions in schema fieldwork from public;
grant usage on schema fieldwork to fieldwork_laptop;
grant select on all tables in schema fieldwork to fieldwork_laptop;
grant insert (inspection, device, n, hash, previous, epoch, body) on fieldwork.entry to fieldwork_laptop;
grant insert (inspection, device, entry, place, epoch, body) on fieldwork.payload to fieldwork_laptop;
grant insert (inspection, device, n, entry, epoch, body) on fieldwork.letter to fieldwork_laptop;
grant insert (inspection, device, entry, place) on fieldwork.erase to fieldwork_laptop;
grant delete on fieldwork.payload to fieldwork_laptop;
grant execute on function fieldwork.go_on_as(bytea) to fieldwork_laptop;
