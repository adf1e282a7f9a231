"""A small SAM project with every feature the local cloud treats specially."""

import textwrap
from pathlib import Path

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: { Type: String, Default: hello }
Globals:
  Function:
    Runtime: python3.13
    Architectures: [arm64]
    Handler: app.handler
    MemorySize: 256
    Timeout: 10
    Layers: [!Ref WordsLayer]
    LoggingConfig: { LogFormat: JSON, LogGroup: !Ref LogGroup }
    Environment:
      Variables: { ITEMS_TABLE: !Ref ItemsTable, GREETING: !Ref Greeting }
  HttpApi:
    CorsConfiguration: { AllowOrigins: ["https://example.org"], AllowMethods: [GET], AllowHeaders: [authorization] }
Resources:
  LogGroup: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 30 } }
  WordsLayer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: shared/ } }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Token:
            FunctionArn: !GetAtt AuthorizeFunction.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: { Headers: [Authorization] }
  AuthorizeFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: functions/authorize/ } }
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo/
      Events:
        Get: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: "/items/{id}" } }
        Any: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: ANY, Path: /any } }
        Locked:
          Type: HttpApi
          Properties: { ApiId: !Ref Api, Method: GET, Path: /locked, Auth: { Authorizer: Token } }
        Rest: { Type: HttpApi, Properties: { ApiId: !Ref Api } }
  WritingFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/write/
      Policies: [{ Statement: [{ Effect: Allow, Action: ["dynamodb:PutItem"], Resource: !GetAtt ItemsTable.Arn }] }]
  ReadingFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/write/
      Policies: [{ Statement: [{ Effect: Allow, Action: ["dynamodb:GetItem"], Resource: !GetAtt ItemsTable.Arn }] }]
  ChangesFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/changes/
      Events:
        Items:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt ItemsTable.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 1
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: { Filters: [{ Pattern: '{"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}}' }] }
            DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt FailedQueue.Arn } }
  StartingFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/start/
      Policies: [{ Statement: [{ Effect: Allow, Action: ["states:StartExecution"], Resource: !Ref GreetingMachine }] }]
  WatchingFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/start/
      Policies: [{ Statement: [{ Effect: Allow, Action: ["states:ListExecutions"], Resource: !Ref GreetingMachine }] }]
      Events:
        EveryMinute: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute) } }
        EveryHour: { Type: Schedule, Properties: { Schedule: rate(1 hour) } }
  GreetFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: functions/greet/ } }
  GreetingMachine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: statemachines/greeting.asl.yaml
      DefinitionSubstitutions: { FunctionArn: !GetAtt GreetFunction.Arn }
      Policies:
        - Statement: [{ Effect: Allow, Action: ["lambda:InvokeFunction"], Resource: !GetAtt GreetFunction.Arn }]
  FailedQueue: { Type: AWS::SQS::Queue }
  MonthlyBudget: { Type: AWS::Budgets::Budget, Properties: { Budget: { BudgetType: COST, TimeUnit: MONTHLY } } }
  ItemsTable:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: sk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }, { AttributeName: sk, KeyType: RANGE }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
      TimeToLiveSpecification: { AttributeName: ttl, Enabled: true }
Outputs:
  Url: { Value: !GetAtt Api.ApiEndpoint }
  Layer: { Value: !Ref WordsLayer }
"""

ECHO = """
import json, os, urllib.request
import words

def handler(event, context):
    print(f"echo serves {event['rawPath']}")
    if event["rawPath"] == "/boom":
        raise LookupError("nothing there")
    answer = {"word": words.WORD, "event": event, "environment": dict(os.environ), "group": context.log_group_name}
    return {"statusCode": 200, "body": json.dumps(answer)}
"""

WRITE = """
import json, os
import boto3

def handler(event, context):
    table = boto3.client("dynamodb")
    try:
        table.put_item(TableName=os.environ["ITEMS_TABLE"], Item={"pk": {"S": "x"}, "sk": {"S": "x"}})
    except table.exceptions.ClientError as error:
        return {"code": error.response["Error"]["Code"]}
    return {"code": "written"}
"""

CHANGES = """
def handler(event, context):
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    print("changes:", ",".join(keys))
    if "raises" in keys:
        raise ValueError("a bad record")
    failed = [record for record in event["Records"] if record["dynamodb"]["Keys"]["pk"]["S"] == "reported"]
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in failed]}
"""

AUTHORIZE = """
def handler(event, context):
    return {"isAuthorized": event["identitySource"] == ["let me in"], "context": {"who": "friend"}}
"""

START = """
import boto3

def handler(event, context):
    states = boto3.client("stepfunctions")
    try:
        return states.start_execution(stateMachineArn=event["machine"], name=event["name"])["executionArn"]
    except states.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"""

GREET = """
def handler(event, context):
    return event["greeting"] + " to you"
"""

GREETING = """
QueryLanguage: JSONata
StartAt: Greet
States:
  Greet:
    Type: Task
    Resource: ${FunctionArn}
    Arguments: { greeting: "{% $states.context.Execution.Input.greeting %}" }
    Output: { said: "{% $states.result %}", until: "{% $states.context.Execution.Input.until %}" }
    Next: Pause
  Pause: { Type: Wait, Timestamp: "{% $states.input.until %}", End: true }
"""


def write_project(folder: Path, template: str = TEMPLATE) -> Path:
    """Write the project into a folder; returns its template."""
    files = {
        "functions/echo/app.py": ECHO,
        "functions/changes/app.py": CHANGES,
        "functions/authorize/app.py": AUTHORIZE,
        "functions/write/app.py": WRITE,
        "functions/start/app.py": START,
        "functions/greet/app.py": GREET,
        "statemachines/greeting.asl.yaml": GREETING,
        "shared/words.py": 'WORD = "first"\n',
        "template.yaml": template,
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content).lstrip(), encoding="utf-8")
    return folder / "template.yaml"
