/**
 * Locks as leases. A row is there while somebody holds the lock, or it is kept for the one who is to have it next:
 * the first who asks in vain becomes the *heir*, and what is released goes to the heir before anybody else. So no process can hold a lock
 * for ever by asking again faster than the others.
 *
 * - `lock_take(name, token, ttl, heir)` gives 0, or for how many milliseconds it is not worth asking again unless told.
 *   Asking twice with one token does no harm.
 * - `lock_keep(name, token, ttl)` gives whether it is still held.
 * - `lock_drop(name, token, channel)` tells those who listen, with the heir when there is one.
 *
 * A lease that ends later than its length allows was made before the clock was set back; it is cut.
 */
export const lockStep = `
create table fluxori.lock (
  name text collate "C" primary key,
  token text collate "C",
  ttl_ms double precision not null,
  ends_at_ms double precision not null,
  heir text collate "C",
  heir_until_ms double precision not null default 0,
  constraint lock_ttl check (ttl_ms > 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

create function fluxori.lock_take(wanted text, mine text, ttl double precision, heir_ms double precision)
returns double precision language plpgsql as $function$
declare
  there fluxori.lock;
  now_ms double precision;
  free boolean;
  heir_lives boolean;
begin
  loop
    select * into there from fluxori.lock where name = wanted for update;
    now_ms := extract(epoch from clock_timestamp())::double precision * 1000;
    exit when found;
    insert into fluxori.lock (name, token, ttl_ms, ends_at_ms) values (wanted, mine, ttl, now_ms + ttl)
      on conflict do nothing;
    if found then return 0; end if;
  end loop;
  there.ends_at_ms := least(there.ends_at_ms, now_ms + there.ttl_ms);
  there.heir_until_ms := least(there.heir_until_ms, now_ms + there.ttl_ms);
  free := there.token is null or there.token = mine or there.ends_at_ms <= now_ms;
  heir_lives := there.heir is not null and there.heir_until_ms > now_ms;
  if free and (not heir_lives or there.heir = mine or there.token = mine) then
    update fluxori.lock set token = mine, ttl_ms = ttl, ends_at_ms = now_ms + ttl,
      heir = case when there.heir <> mine then there.heir end,
      heir_until_ms = case when there.heir <> mine then there.heir_until_ms else 0 end
    where name = wanted;
    return 0;
  end if;
  if not heir_lives or there.heir = mine then
    there.heir := mine;
    there.heir_until_ms := now_ms + least(heir_ms, there.ttl_ms);
  end if;
  update fluxori.lock set ends_at_ms = there.ends_at_ms, heir = there.heir, heir_until_ms = there.heir_until_ms
  where name = wanted;
  return greatest(case when free then there.heir_until_ms else there.ends_at_ms end - now_ms, 1);
end $function$;

create function fluxori.lock_keep(wanted text, mine text, ttl double precision)
returns boolean language plpgsql as $function$
begin
  update fluxori.lock set ttl_ms = ttl, ends_at_ms = extract(epoch from clock_timestamp())::double precision * 1000 + ttl
  where name = wanted and token = mine;
  return found;
end $function$;

create function fluxori.lock_drop(wanted text, mine text, channel text)
returns void language plpgsql as $function$
declare
  there fluxori.lock;
  now_ms double precision;
begin
  -- Lost in a crash of the server, it would be dropped by the end of the lease.
  perform set_config('synchronous_commit', 'off', true);
  select * into there from fluxori.lock where name = wanted and token = mine for update;
  if not found then return; end if;
  now_ms := extract(epoch from clock_timestamp())::double precision * 1000;
  if there.heir is not null and there.heir_until_ms > now_ms then
    update fluxori.lock set token = null, ends_at_ms = now_ms where name = wanted;
  else
    there.heir := null;
    delete from fluxori.lock where name = wanted;
  end if;
  perform pg_notify(channel, md5(wanted) || ':' || coalesce(there.heir, ''));
end $function$;
`;
