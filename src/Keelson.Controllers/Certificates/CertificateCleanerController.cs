using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;

namespace Keelson.Controllers.Certificates;

/// <summary>Deletes requests for certificates that have done their work.</summary>
internal sealed class CertificateCleanerController : IController
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly ControllerContext _context;
    private readonly IInformer<CertificateSigningRequest> _requests;

    public CertificateCleanerController(ControllerContext context)
    {
        _context = context;
        _requests = context.Informers.Of<CertificateSigningRequest>();
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Rounds.RunAsync(_context, Every, [_requests.Synced], RoundAsync, cancellationToken);

    public void Dispose()
    {
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (CertificateSigningRequest request in _requests.List())
        {
            if (CertificateCleanupPlan.Compute(request, _context.Clock.GetUtcNow())
                && await _context.Client.DeleteAsync(request, cancellationToken) is { } error)
            {
                _context.Config.Log(
                    $"{_context.Name}: unable to clean CSR \"{request.Metadata.Name}\": {error.Message}");
            }
        }
    }
}
