using Keelson.Server.Authentication.ServiceAccounts;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>The documents by which others verify service account tokens.</summary>
/// <param name="keys">The keys.</param>
/// <param name="issuer">The issuer.</param>
/// <param name="address">Where this server is reached: <c>host:port</c>.</param>
internal sealed class OpenIdEndpoint(ServiceAccountKeys keys, string issuer, string address) : IPathEndpoint
{
    /// <inheritdoc/>
    public bool Serves(string path) => path is OpenIdDocuments.ConfigurationPath or OpenIdDocuments.KeysPath;

    /// <inheritdoc/>
    public async Task ServeAsync(HttpContext http)
    {
        IReadOnlyList<TokenKey> verifying = await keys.VerifyingKeysAsync();
        bool isKeys = http.Request.Path == OpenIdDocuments.KeysPath;
        byte[] document = isKeys
            ? OpenIdDocuments.Keys(verifying)
            : OpenIdDocuments.Configuration(issuer, $"https://{address}{OpenIdDocuments.KeysPath}", verifying);
        http.Response.ContentType = isKeys ? OpenIdDocuments.KeysContentType : "application/json";
        http.Response.Headers.CacheControl = OpenIdDocuments.CacheControl;
        http.Response.ContentLength = document.Length;
        await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
    }
}
