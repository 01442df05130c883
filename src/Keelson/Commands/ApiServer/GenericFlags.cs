using System.Net;
using System.Text.RegularExpressions;
using Keelson.Flags;

namespace Keelson.Commands.ApiServer;

/// <summary>What the server is towards its clients, and its limits.</summary>
internal sealed class GenericFlags(FlagSection flags)
{
    public Flag<IPAddress?> AdvertiseAddress { get; } = flags.Of("advertise-address", FlagForms.Address, null,
        "The address at which the other members of the cluster reach this server. Without it that of --bind-address counts, and if "
        + "that is no particular address, the one of the interface behind the default route.");

    public Flag<IReadOnlyList<string>> CorsAllowedOrigins { get; } = flags.Texts("cors-allowed-origins",
        "Regular expressions of origins whose pages may call the server from a browser. Each has to pin the start and the end of the "
        + "host, by '^' or '//' and by '$' or ':'.");

    public Flag<string> ExternalHostname { get; } = flags.Text("external-hostname", "",
        "The host put into URLs and documents meant for others.");

    public Flag<IReadOnlyDictionary<string, string>> FeatureGates { get; } = flags.Of("feature-gates", FlagForms.Pairs with { TypeName = "mapStringBool" },
        new Dictionary<string, string>(),
        "Features to switch on or off, as Name=true|false. Known names are accepted; they do not change what this server does.");

    public Flag<double> GoawayChance { get; } = flags.Of("goaway-chance", FlagForms.Fraction, 0,
        "The chance, up to 0.02, that a request ends its HTTP/2 connection, so that clients spread over several servers.");

    public Flag<TimeSpan> LivezGracePeriod { get; } = flags.Duration("livez-grace-period", TimeSpan.Zero,
        "For how long after the start /livez forgives checks that do not pass yet.");

    public Flag<int> MaxMutatingInFlight { get; } = flags.Number("max-mutating-requests-inflight", 200,
        "How many writing requests are served at once; more are answered with 429. 0 for no limit.");

    public Flag<int> MaxInFlight { get; } = flags.Number("max-requests-inflight", 400,
        "How many reading requests are served at once; more are answered with 429. 0 for no limit.");

    public Flag<int> MinRequestTimeout { get; } = flags.Number("min-request-timeout", 1800,
        "How many seconds a watch lasts that names no time of its own: this many, and up to as many again.");

    public Flag<TimeSpan> RequestTimeout { get; } = flags.Duration("request-timeout", TimeSpan.FromMinutes(1),
        "How long a request may take, other than watches and streams.");

    public Flag<TimeSpan> ShutdownDelayDuration { get; } = flags.Duration("shutdown-delay-duration", TimeSpan.Zero,
        "For how long the server goes on serving after it was told to end, while /readyz fails already.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Check(LivezGracePeriod.Value < TimeSpan.Zero, "--livez-grace-period can not be a negative value");
        Check(MaxInFlight.Value < 0, "--max-requests-inflight can not be negative value");
        Check(MaxMutatingInFlight.Value < 0, "--max-mutating-requests-inflight can not be negative value");
        Check(RequestTimeout.Value < TimeSpan.Zero, "--request-timeout can not be negative value");
        Check(GoawayChance.Value is < 0 or > 0.02, "--goaway-chance can not be less than 0 or greater than 0.02");
        Check(MinRequestTimeout.Value < 0, "--min-request-timeout can not be negative value");
        Check(ShutdownDelayDuration.Value < TimeSpan.Zero, "--shutdown-delay-duration can not be negative value");
        errors.AddRange(CorsAllowedOrigins.Value.Select(WrongOrigin).OfType<string>()
            .Select(error => $"--cors-allowed-origins has an invalid regular expression: {error}"));

        void Check(bool isWrong, string error)
        {
            if (isWrong)
            {
                errors.Add(error);
            }
        }
    }

    private static string? WrongOrigin(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
        }
        catch (ArgumentException exception)
        {
            return $"error parsing regexp: {exception.Message}";
        }

        bool pinsStart = pattern.Contains('^') || pattern.Contains("//", StringComparison.Ordinal);
        bool pinsEnd = pattern.Contains('$') || pattern.Contains(':');
        return pinsStart && pinsEnd
            ? null
            : "regular expression does not pin to start/end of host in the origin header";
    }
}
