using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Http;

/// <summary>How objects are written.</summary>
internal enum WireFormat
{
    /// <summary>application/json.</summary>
    Json,

    /// <summary>application/yaml.</summary>
    Yaml,

    /// <summary>application/vnd.kubernetes.protobuf.</summary>
    Protobuf,
}

/// <summary>What objects are turned into before they are written.</summary>
internal enum Conversion
{
    /// <summary>Nothing else.</summary>
    None,

    /// <summary>A Table.</summary>
    Table,

    /// <summary>PartialObjectMetadata.</summary>
    PartialObjectMetadata,

    /// <summary>PartialObjectMetadataList.</summary>
    PartialObjectMetadataList,
}

/// <summary>The answer's form, as the Accept header asks for it.</summary>
/// <param name="Format">The encoding.</param>
/// <param name="Conversion">The conversion.</param>
/// <param name="ConversionVersion">The version of meta.k8s.io that the conversion is written in.</param>
/// <param name="Stream">True for the streaming form of a watch (<c>;stream=watch</c>).</param>
internal readonly record struct MediaType(
    WireFormat Format, Conversion Conversion, string ConversionVersion, bool Stream)
{
    public const string Json = "application/json";
    public const string Yaml = "application/yaml";
    public const string Protobuf = "application/vnd.kubernetes.protobuf";

    /// <summary>What the server writes, as upstream lists it.</summary>
    public const string Available = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    private const string AvailableForLists =
        Available + ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

    /// <summary>What is said to who wants a watch in a form that can't be streamed.</summary>
    public const string OnlyStreams =
        "only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

    /// <summary>The Content-Type header of an answer.</summary>
    public string ContentType => Format switch
    {
        WireFormat.Yaml => Yaml,
        WireFormat.Protobuf => Protobuf,
        _ => Json,
    };

    /// <summary>The Content-Type header of a watch.</summary>
    public string StreamContentType => Format == WireFormat.Protobuf ? Protobuf + ";stream=watch" : ContentType;

    /// <summary>
    /// Picks the first clause that the server can serve, clauses of higher quality first.
    /// </summary>
    /// <param name="accept">The Accept header; empty means anything.</param>
    /// <param name="isList">True for lists and watches.</param>
    /// <param name="hasTables">False for what is not shown as a table: reviews.</param>
    public static ApiResult<MediaType> Negotiate(string accept, bool isList, bool hasTables = true)
    {
        if (accept.Length == 0)
        {
            return default(MediaType);
        }

        if (accept == Json)
        {
            return default(MediaType);
        }

        bool isKnown = false;
        foreach (Clause clause in Clauses(accept))
        {
            if (clause.TryServe(out MediaType media) && (hasTables || media.Conversion != Conversion.Table))
            {
                return media;
            }

            isKnown |= clause.IsKnown;
        }

        // The router looks at types only; what they are to be turned into is looked at later, by whoever writes the
        // answer.
        return isKnown ? ApiErrors.NotAcceptableText("only the following media types are accepted: " + Available)
            : ApiErrors.NotAcceptable(isList ? AvailableForLists : Available);
    }

    private static IEnumerable<Clause> Clauses(string accept) => accept.Split(',')
        .Select(Clause.Read)
        .OrderByDescending(one => one.Quality);

    private sealed record Clause(
        string Type, double Quality, string As, string Version, string Group, bool Stream, bool Unknown)
    {
        public static Clause Read(string text)
        {
            string[] parts = text.Split(';', StringSplitOptions.TrimEntries);
            Clause clause = new(parts[0].Trim(), 1, "", "", "", false, false);
            foreach (string parameter in parts[1..])
            {
                int equals = parameter.IndexOf('=', StringComparison.Ordinal);
                (string name, string value) = equals < 0
                    ? (parameter, "")
                    : (parameter[..equals], parameter[(equals + 1)..]);
                clause = name switch
                {
                    "q" => clause with { Quality = double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out double q) ? q : 0 },
                    "as" => clause with { As = value },
                    "v" => clause with { Version = value },
                    "g" => clause with { Group = value },
                    "stream" => clause with { Stream = true, Unknown = value != "watch" },
                    _ => clause,
                };
            }

            return clause;
        }

        /// <summary>True when the type is one that the server writes, whatever its parameters ask for.</summary>
        public bool IsKnown => Type is Json or Yaml or Protobuf or "*/*";

        public bool TryServe(out MediaType media)
        {
            media = default;
            WireFormat format;
            switch (Type)
            {
                case Json or "*/*":
                    format = WireFormat.Json;
                    break;
                case Yaml:
                    format = WireFormat.Yaml;
                    break;
                case Protobuf:
                    format = WireFormat.Protobuf;
                    break;
                default:
                    return false;
            }

            if (As.Length == 0)
            {
                media = new(format, Conversion.None, "", Stream);
                return true;
            }

            Conversion conversion = As switch
            {
                "Table" => Conversion.Table,
                "PartialObjectMetadata" => Conversion.PartialObjectMetadata,
                "PartialObjectMetadataList" => Conversion.PartialObjectMetadataList,
                _ => Conversion.None,
            };
            media = new(format, conversion, Version, Stream);
            bool tableInProto = conversion == Conversion.Table && format == WireFormat.Protobuf;
            return conversion != Conversion.None
                && !tableInProto
                && Group == "meta.k8s.io"
                && Version is "v1" or "v1beta1";
        }
    }
}
