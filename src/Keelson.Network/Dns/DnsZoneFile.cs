using System.Text;

namespace Keelson.Network.Dns;

/// <summary>A domain whose records are written down: CoreDNS' plugin file.</summary>
internal sealed class DnsZoneFile
{
    // Aliases of aliases end here, so that a circle does.
    private const int MostAliases = 8;

    private readonly Dictionary<string, List<DnsRecord>> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly string _zone;

    private DnsZoneFile(string zone) => _zone = zone;

    /// <summary>The domain.</summary>
    public string Zone => _zone;

    /// <summary>True when names that there are not are looked for elsewhere.</summary>
    public bool FallsThrough { get; init; }

    /// <summary>Reads a zone file (RFC 1035 section 5).</summary>
    /// <param name="zone">The domain, without a dot at its end.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="fallsThrough">True when names that there are not are looked for elsewhere.</param>
    /// <exception cref="FormatException">It makes no sense; the message names the line.</exception>
    public static DnsZoneFile Read(string zone, string text, bool fallsThrough)
    {
        DnsZoneFile file = new(zone) { FallsThrough = fallsThrough };
        DnsRecordText reader = new(zone, 3600);
        (string origin, uint ttl, string owner) = (zone, 3600u, zone);
        foreach ((int line, string entry) in Entries(text))
        {
            try
            {
                List<(string Text, bool IsQuoted)> words = DnsRecordText.Words(entry);
                if (words is [("$ORIGIN", _), var (name, _)])
                {
                    origin = reader.Name(name);
                    reader = new(origin, ttl);
                }
                else if (words is [("$TTL", _), var (time, _)])
                {
                    ttl = DnsRecordText.Seconds(time) ?? throw new FormatException($"{time} is no time");
                    reader = new(origin, ttl);
                }
                else if (words.Count > 0 && words[0].Text is not ['$', ..])
                {
                    bool isSameOwner = char.IsWhiteSpace(entry[0]);
                    owner = isSameOwner ? owner : reader.Name(words[0].Text);
                    file.Add(reader.Read(owner, isSameOwner ? words : words[1..]));
                }
                else if (words.Count > 0)
                {
                    throw new FormatException($"{words[0].Text} is not known");
                }
            }
            catch (FormatException exception)
            {
                throw new FormatException($"line {line}: {exception.Message}");
            }
        }

        return file.StartOf().Count > 0 ? file
            : throw new FormatException($"has no SOA record for origin {zone}.");
    }

    /// <summary>Answers; null for names that are looked for elsewhere.</summary>
    public DnsAnswer? Answer(string name, ushort type)
    {
        if (!DnsSettings.IsWithin(name, _zone))
        {
            return null;
        }

        if (Delegation(name) is { } delegation)
        {
            return delegation;
        }

        List<DnsRecord> records = [];
        string now = name;
        for (int i = 0; i <= MostAliases; i++)
        {
            if (RecordsOf(now) is not { } there)
            {
                return i > 0 ? Found(records)
                    : FallsThrough ? null
                    : Nothing() with { Code = DnsCode.NameError };
            }

            List<DnsRecord> fitting = [.. there.Where(one => one.Type == type || type == DnsType.Any)];
            DnsRecord? alias = there.Find(static one => one.Type == DnsType.Cname);
            if (fitting.Count > 0 || alias is null)
            {
                records.AddRange(fitting);
                return records.Count > 0 ? Found(records) : Nothing();
            }

            records.Add(alias);
            now = alias.Target;
            if (!DnsSettings.IsWithin(now, _zone))
            {
                return Found(records) with { Elsewhere = now };
            }
        }

        return DnsAnswer.Of(DnsCode.ServerFailure);
    }

    /// <summary>The lines of a file, those within parentheses joined.</summary>
    private static IEnumerable<(int Line, string Text)> Entries(string text)
    {
        StringBuilder entry = new();
        int depth = 0;
        int number = 0;
        int start = 1;
        foreach (string line in text.Split('\n'))
        {
            number++;
            start = entry.Length == 0 ? number : start;
            entry.Append(line.TrimEnd('\r')).Append('\n');
            depth += Depth(line);
            if (depth <= 0)
            {
                yield return (start, entry.ToString());
                entry.Clear();
                depth = 0;
            }
        }
    }

    private static int Depth(string line)
    {
        int depth = 0;
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char one = line[i];
            i += one == '\\' ? 1 : 0;
            isQuoted ^= one == '"';
            if (one == ';' && !isQuoted)
            {
                break;
            }

            depth += isQuoted ? 0 : one == '(' ? 1 : one == ')' ? -1 : 0;
        }

        return depth;
    }

    private void Add(DnsRecord record)
    {
        string owner = record.Owner!;
        if (!DnsSettings.IsWithin(owner, _zone))
        {
            throw new FormatException($"{owner} is not within {_zone}");
        }

        if (!_names.TryGetValue(owner, out List<DnsRecord>? records))
        {
            _names[owner] = records = [];
        }

        records.Add(record);

        // Names between the domain and a record are there, too.
        for (string name = owner; _known.Add(name) && name.Length > _zone.Length; name = Parent(name))
        {
        }
    }

    private static string Parent(string name) => name.IndexOf('.') is >= 0 and int dot ? name[(dot + 1)..] : "";

    /// <summary>The records of a name, or those of the wildcard that stands for it; null when there is no such
    /// name.</summary>
    private List<DnsRecord>? RecordsOf(string name)
    {
        if (_known.Contains(name))
        {
            return _names.GetValueOrDefault(name) ?? [];
        }

        string encloser = name;
        while (!_known.Contains(encloser) && encloser.Length > _zone.Length)
        {
            encloser = Parent(encloser);
        }

        return _names.TryGetValue(encloser.Length == 0 ? "*" : "*." + encloser, out List<DnsRecord>? records)
            ? [.. records.Select(one => one with { Owner = name })]
            : null;
    }

    /// <summary>Whom to ask for a part of the domain that others have; null when it is none.</summary>
    private DnsAnswer? Delegation(string name)
    {
        DnsAnswer? found = null;
        for (string at = name; at.Length > _zone.Length; at = Parent(at))
        {
            List<DnsRecord> servers = OfType(at, DnsType.Ns);
            if (servers.Count > 0)
            {
                found = new()
                {
                    Authority = servers,
                    Additional = [.. servers.SelectMany(one =>
                        OfType(one.Target, DnsType.A).Concat(OfType(one.Target, DnsType.Aaaa)))],
                };
            }
        }

        return found;
    }

    private List<DnsRecord> OfType(string name, ushort type) =>
        [.. (_names.GetValueOrDefault(name) ?? []).Where(one => one.Type == type)];

    private List<DnsRecord> StartOf() => OfType(_zone, DnsType.Soa);

    private DnsAnswer Found(List<DnsRecord> records) =>
        new() { IsAuthoritative = true, Records = records, Authority = OfType(_zone, DnsType.Ns) };

    private DnsAnswer Nothing() => new() { IsAuthoritative = true, Authority = StartOf() };
}
