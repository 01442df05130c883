using Keelson.Server.Authentication.ServiceAccounts;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>The documents by which others verify service account tokens.</summary>
internal sealed class OpenIdEndpoint(ServiceAccountKeys keys, ApiServerConfig config) : IPathEndpoint
{
    private readonly string _keysUri = config.ServiceAccountTokens.KeysUri
        ?? $"https://{config.ExternalHostAndPort}{OpenIdDocuments.KeysPath}";

    /// <inheritdoc/>
    public bool Serves(string path) => path is OpenIdDocuments.ConfigurationPath or OpenIdDocuments.KeysPath;

    /// <inheritdoc/>
    public async Task ServeAsync(HttpContext http)
    {
        IReadOnlyList<TokenKey> verifying = await keys.VerifyingKeysAsync();
        bool isKeys = http.Request.Path == OpenIdDocuments.KeysPath;
        byte[] document = isKeys
            ? OpenIdDocuments.Keys(verifying)
            : OpenIdDocuments.Configuration(config.ServiceAccountIssuer, _keysUri, verifying);
        http.Response.ContentType = isKeys ? OpenIdDocuments.KeysContentType : "application/json";
        http.Response.Headers.CacheControl = OpenIdDocuments.CacheControl;
        http.Response.ContentLength = document.Length;
        await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
    }
}
