namespace Keelson.Api.Core.V1;

/// <summary>The values of URIScheme.</summary>
public static class URIScheme
{
    public const string HTTP = "HTTP";
    public const string HTTPS = "HTTPS";
}
