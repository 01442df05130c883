using System.Text;
using Keelson.Api.Kinds;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Discovery;

/// <summary>Serves /version.</summary>
internal sealed class VersionEndpoint : IPathEndpoint
{
    private readonly Lazy<byte[]> _document = new(Write);

    /// <inheritdoc/>
    public bool Serves(string path) => path == "/version" || path.StartsWith("/version/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        if (http.Request.Path.Value is not ("/version" or "/version/"))
        {
            return AnswerWriter.WriteStatusAsync(http, ApiErrors.NoSuchResource());
        }

        if (http.Request.Method != "GET")
        {
            return AnswerWriter.WriteStatusAsync(http, ApiErrors.MethodNotAllowed());
        }

        if (!AcceptClause.Read(http.Request.Headers.Accept.ToString()).Any(one => one.Type is MediaType.Json or "*/*"))
        {
            return AnswerWriter.WriteStatusAsync(http, ApiErrors.NotAcceptable(MediaType.Json));
        }

        http.Response.ContentType = MediaType.Json;
        return PlainAnswer.BytesAsync(http, _document.Value);
    }

    /// <summary>Always indented, as upstream's.</summary>
    private static byte[] Write() => Encoding.UTF8.GetBytes($$"""
        {
          "major": "{{ServerVersion.Major}}",
          "minor": "{{ServerVersion.Minor}}",
          "emulationMajor": "{{ServerVersion.Major}}",
          "emulationMinor": "{{ServerVersion.Minor}}",
          "minCompatibilityMajor": "{{ServerVersion.Major}}",
          "minCompatibilityMinor": "{{ServerVersion.MinCompatibilityMinor}}",
          "gitVersion": "{{ServerVersion.GitVersion}}",
          "gitCommit": "{{ServerVersion.GitCommit}}",
          "gitTreeState": "{{ServerVersion.GitTreeState}}",
          "buildDate": "{{ServerVersion.BuildDate}}",
          "goVersion": "{{ServerVersion.RuntimeVersion}}",
          "compiler": "{{ServerVersion.Compiler}}",
          "platform": "{{ServerVersion.Platform}}"
        }
        """);
}
