import { bucketTurn } from './bucket-turn.js';

/**
 * Token buckets for all processes that share a database: their tables, and the functions that work on them.
 *
 * - `wall_ms` is the one clock; a test may put another in its place.
 * - `bucket_turn` is the algorithm, see there.
 * - `bucket_look` shows buckets as they are now.
 * - `bucket_sweep` clears away what is idle, some at a time.
 */
export const bucketStep = `
alter table fluxori.bucket add column lanes jsonb not null default '{}';
alter table fluxori.bucket set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

create table fluxori.bucket_grant (
  id text collate "C" primary key,
  keys text[] collate "C" not null,
  ends_at_ms double precision not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index bucket_grant_end on fluxori.bucket_grant (ends_at_ms);

create table fluxori.waiter (
  name text collate "C" not null,
  bucket text collate "C" not null,
  priority double precision not null,
  place bigint not null,
  turn_at_ms double precision not null,
  leaves_at_ms double precision not null,
  primary key (name, bucket)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index waiter_order on fluxori.waiter (bucket, priority, place);
create index waiter_turn on fluxori.waiter (bucket, turn_at_ms);
create sequence fluxori.waiter_place;

create table fluxori.bucket_clock (ahead_ms double precision not null);
insert into fluxori.bucket_clock values (0);

create function fluxori.wall_ms() returns double precision language sql volatile as
$function$ select extract(epoch from clock_timestamp())::double precision * 1000 $function$;

create function fluxori.lane_add(lanes jsonb, priority double precision, change integer) returns jsonb language sql immutable as
$function$
  select case when coalesce((lanes->>priority::text)::integer, 0) + change > 0
    then jsonb_set(lanes, array[priority::text], to_jsonb(coalesce((lanes->>priority::text)::integer, 0) + change))
    else lanes - priority::text end
$function$;

${bucketTurn}
create function fluxori.bucket_look(prefix text, lease_ms double precision)
returns table (
  key text, rate_per_second double precision, burst double precision, level double precision,
  in_flight integer, waiting integer, next_at_ms double precision, now_ms double precision
) language plpgsql as $function$
declare
  moment double precision;
begin
  select t.now_ms into moment from fluxori.bucket_turn('[]', false, lease_ms) as t;
  return query
    select b.key::text, b.rate_per_second, b.burst, l.level, b.in_flight,
      case when b.lanes = '{}' then 0
        else (select count(*)::integer from fluxori.waiter as w where w.bucket = b.key and w.leaves_at_ms > moment) end,
      moment + greatest(ceil(((1 - 1e-9 - l.level) / b.rate_per_second) * 1000), 0), moment
    from fluxori.bucket as b,
      lateral (select least(
        b.level + (greatest(moment - b.level_at_ms, 0) / 1000) * b.rate_per_second,
        greatest(b.burst - b.in_flight, b.level)) as level) as l
    where b.key >= prefix and starts_with(b.key, prefix) and b.rate_per_second > 0
    order by b.key;
end $function$;

-- Looks at so many buckets after this key, clears their lines of the dead, and drops those that have been full and idle for long.
-- Gives the last key that was looked at; null when it was the end.
create function fluxori.bucket_sweep(after text, most integer, idle_ms double precision, out last_key text, out dropped integer)
language plpgsql as $function$
declare
  moment double precision;
  b record;
  there record;
  seen integer := 0;
begin
  perform set_config('synchronous_commit', 'off', true);
  dropped := 0;
  select fluxori.wall_ms() + ahead_ms into moment from fluxori.bucket_clock;
  for b in select * from fluxori.bucket as o where o.key > after order by o.key limit most for update skip locked loop
    seen := seen + 1;
    last_key := b.key;
    for there in delete from fluxori.waiter as w where w.bucket = b.key and w.turn_at_ms <= moment and w.leaves_at_ms <= moment
      returning w.priority
    loop
      b.lanes := fluxori.lane_add(b.lanes, there.priority, -1);
    end loop;
    if b.lanes = '{}' and b.in_flight = 0 and b.rate_per_second > 0
      and moment >= b.level_at_ms + ((b.burst - b.level) / b.rate_per_second) * 1000 + idle_ms
    then
      delete from fluxori.bucket as o where o.key = b.key;
      dropped := dropped + 1;
    else
      update fluxori.bucket as o set lanes = b.lanes where o.key = b.key and o.lanes <> b.lanes;
    end if;
  end loop;
  if seen < most then last_key := null; end if;
end $function$;
`;
