using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record PodDNSConfig
{
    // The limits of the resolver in libc.
    private const int NameserversMax = 3;
    private const int SearchesMax = 32;
    private const int SearchListMaxLength = 2048;

    internal static void Validate(PodDNSConfig? config, string policy, FieldPath path, FieldErrors errors)
    {
        if (policy == DNSPolicy.None && config is null)
        {
            errors.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        else if (policy == DNSPolicy.None && config!.Nameservers.Count == 0)
        {
            errors.Required(
                path.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        else
        {
            config?.Validate(path, errors);
        }
    }

    private void Validate(FieldPath path, FieldErrors errors)
    {
        FieldPath nameservers = path.Child("nameservers");
        if (Nameservers.Count > NameserversMax)
        {
            errors.InvalidRaw(nameservers, Json(Nameservers), $"must not have more than {NameserversMax} nameservers");
        }

        for (int i = 0; i < Nameservers.Count; i++)
        {
            errors.InvalidEach(nameservers.Index(i), Nameservers[i], ContentRules.IpAddress(Nameservers[i]));
        }

        FieldPath searches = path.Child("searches");
        if (Searches.Count > SearchesMax)
        {
            errors.InvalidRaw(searches, Json(Searches), $"must not have more than {SearchesMax} search paths");
        }

        if (string.Join(' ', (IEnumerable<string>)Searches).Length > SearchListMaxLength)
        {
            errors.InvalidRaw(
                searches, Json(Searches),
                $"must not have more than {SearchListMaxLength} characters (including spaces) in the search list");
        }

        for (int i = 0; i < Searches.Count; i++)
        {
            string search = Searches[i].EndsWith('.') ? Searches[i][..^1] : Searches[i];
            if (Searches[i] != ".")
            {
                errors.InvalidEach(searches.Index(i), search, ContentRules.Dns1123SubdomainWithUnderscore(search));
            }
        }

        for (int i = 0; i < Options.Count; i++)
        {
            if (Options[i].Name.Length == 0)
            {
                errors.Required(path.Child("options").Index(i), "must not be empty");
            }
        }
    }

    private static string Json(ApiList<string> texts) => "[" + string.Join(",", texts.Select(GoText.Quote)) + "]";
}
